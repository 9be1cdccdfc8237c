"""What a page of somebody else's templates may hold: lists of elements, attributes and functions of styles.

The page is parsed as a browser parses it, and what stands on no list is refused, so that what nobody thought of is
too. What is written is the tree that was judged, with one policy for the browser in front, and the same tree when
parsed once more. Only the process of custom.py imports this module, and with it the two parsers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NoReturn

from justhtml import Element, JustHTML, Node, Text
from tinycss2 import ast, parse_component_value_list

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
_OURS = ({"http-equiv": "Content-Security-Policy", "content": POLICY}, {"charset": "utf-8"})  # first in every head
_DEEPEST = 200  # elements in each other; browsers begin to move them at 512
_PARSED = 4  # times at most until a page is parsed as it was written


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = {
    "html": _words("""
        a abbr address article aside b bdi bdo blockquote body br caption cite code col colgroup data dd del details
        dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i img ins kbd li main
        mark meta nav ol p pre q rp rt ruby s samp section small span strong style sub summary sup table tbody td
        tfoot th thead time title tr u ul var wbr
    """),
    "svg": _words("""
        circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline
        radialGradient rect stop svg symbol text title tspan
    """),
}  # fmt: skip
_ATTRIBUTES = _words("class dir hidden id lang role style tabindex title translate")  # of every element
_OF_ELEMENT = {
    "a": {"href", "hreflang", "rel"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "data": {"value"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "style": {"media", "type"},
    "table": {"width"},
    "td": {"colspan", "headers", "rowspan", "width"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope", "width"},
    "time": {"datetime"},
}
_OF_DRAWING = _words("""
    clip-path clip-rule clipPathUnits color cx cy d dominant-baseline dx dy fill fill-opacity fill-rule focusable
    font-family font-size font-style font-weight fx fy gradientTransform gradientUnits height letter-spacing
    marker-end marker-mid marker-start markerHeight markerUnits markerWidth mask maskContentUnits maskUnits offset
    opacity orient paint-order pathLength patternContentUnits patternTransform patternUnits points
    preserveAspectRatio r refX refY rotate rx ry shape-rendering spreadMethod stop-color stop-opacity stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
    text-anchor text-rendering textLength transform vector-effect viewBox visibility width x x1 x2 y y1 y2
""")  # fmt: skip
_NAMESPACES = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
_LINKS = ("https://", "http://", "mailto:", "#")  # which a reader may follow
_PICTURES = tuple(f"data:image/{kind}{end}" for kind in ("png", "jpeg", "gif", "webp", "svg+xml") for end in ";,")

_AT_RULES = _words("""
    container counter-style keyframes layer media page property supports bottom-center bottom-left
    bottom-left-corner bottom-right bottom-right-corner left-bottom left-middle left-top right-bottom right-middle
    right-top top-center top-left top-left-corner top-right top-right-corner
""")  # fmt: skip
_FUNCTIONS = _words("""
    abs acos asin atan atan2 attr blur brightness calc calc-size circle clamp color color-mix conic-gradient
    contrast cos counter counters cubic-bezier dir drop-shadow ellipse env exp fit-content grayscale has hsl hsla
    hue-rotate hwb hypot inset invert is lab lang layer lch light-dark linear linear-gradient log matrix matrix3d
    max min minmax mod not nth-child nth-last-child nth-last-of-type nth-of-type oklab oklch opacity path
    perspective polygon pow radial-gradient rect rem repeat repeating-conic-gradient repeating-linear-gradient
    repeating-radial-gradient rgb rgba rotate rotate3d rotatex rotatey rotatez round saturate scale scale3d scalex
    scaley scalez selector sepia sign sin skew skewx skewy sqrt steps style symbols tan translate translate3d
    translatex translatey translatez var where xywh
""")  # fmt: skip

_SOURCES = {"style-src": {"'none'", "'unsafe-inline'"}, "img-src": {"'none'", "data:"}}  # of a policy; else 'none'


class NotAllowed(ValueError):
    """Something that stands on no list: what it is, what to do, and the words to look for it by, likeliest first."""

    def __init__(self, what: str, remedy: str, *words: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.words = words


def held(made: str) -> str:
    """The page as it may be written: judged, with our policy first in its head; NotAllowed where it holds more."""
    if not made.lstrip().lower().startswith("<!doctype html>"):
        made = f"<!DOCTYPE html>{made}"  # the tree that a page with it gives: it is written so
    for _ in range(_PARSED):
        written = _written(JustHTML(made, sanitize=False).root)
        if written == made:
            return written
        made = written
    raise NotAllowed("tags that stand in each other so that browsers move them", "Close each where it was opened")


def _written(root: Node) -> str:
    """A tree as text, once it is judged: without comments, and with our policy and character set alone."""
    nodes = [(root, 0)]
    for node, depth in nodes:
        if depth > _DEEPEST:
            raise NotAllowed(f"elements more than {_DEEPEST} deep in each other", "Close each of them", f"<{node.name}")
        nodes += ((child, depth + 1) for child in node.children or () if isinstance(child, Element))
    elements = [node for node, _ in nodes if isinstance(node, Element)]
    for element in sorted(elements, key=lambda element: element.name == "meta"):  # what loads is told before a policy
        _judge(element)
    for node in (root, *elements):
        kept = [child for child in node.children or () if _is_kept(child)]
        if node.name == "pre" and kept and isinstance(kept[0], Text) and (kept[0].data or "").startswith("\n"):
            kept[0].data = f"\n{kept[0].data}"  # the first line break of a <pre> is dropped in parsing
        if node.name == "head":
            kept[:0] = [Element("meta", dict(attributes), "html") for attributes in _OURS]
        node.children = kept
    return root.to_html(pretty=False)


def _is_kept(node: Node | Text) -> bool:
    """Whether a part of the tree is written: no comment, and no policy or character set, which we write ourselves."""
    if isinstance(node, Element):
        return node.name != "meta" or "name" in node.attrs
    return isinstance(node, Text) or node.name == "!doctype"


def _judge(element: Element) -> None:
    """NotAllowed where an element, one of its attributes or its style stands on no list."""
    name, tag = element.name, f"<{element.name}"
    parent = element.parent
    if name not in _ELEMENTS.get(element.namespace or "", ()) or (
        element.namespace == "html" and parent is not None and parent.namespace not in ("html", None)
    ):
        raise NotAllowed(f"<{name}>", "A briefing loads, runs and sends nothing: take it out", tag)
    attributes = {attribute: value or "" for attribute, value in element.attrs.items()}
    if name == "meta":
        _judge_meta(attributes, parent)
        return
    own = _OF_DRAWING if element.namespace == "svg" else _OF_ELEMENT.get(name, set())
    for attribute, value in attributes.items():
        if attribute == "xmlns" and value in _NAMESPACES:
            continue
        if attribute not in own and attribute not in _ATTRIBUTES and not attribute.startswith(("aria-", "data-")):
            raise NotAllowed(f"{attribute} of <{name}>", "Take the attribute out", f" {attribute}=", attribute)
        if (attribute == "href" and not value.lower().startswith(_LINKS)) or (
            attribute == "src" and not value.lower().startswith(_PICTURES)
        ):
            remedy = f"Begin it with {', '.join(_LINKS) if attribute == 'href' else 'data:image/'}"
            raise NotAllowed(f"{attribute} of <{name}>, {value[:40]!r}", remedy, value, f" {attribute}=")
        if attribute == "style" or (own is _OF_DRAWING and attribute in own):
            _judge_style(value, f"{attribute} of <{name}>")
    if name == "style":
        _judge_style("".join(child.data or "" for child in element.children), "<style>")


def _judge_meta(attributes: Mapping[str, str], parent: Node | None) -> None:
    """A <meta> has its place in the head, and is one of ours; a policy may be no wider than ours."""
    words = (*filter(None, attributes.values()), "<meta")
    if parent is None or parent.name != "head":
        raise NotAllowed("<meta> outside of <head>", "Take it out: the policy is written for you", *words)
    match {name: value.strip().lower() for name, value in attributes.items()}:
        case (
            {"charset": "utf-8", **rest}
            | {"http-equiv": "content-type", "content": "text/html; charset=utf-8", **rest}
            | {"name": "viewport", "content": _, **rest}
            | {"name": "referrer", "content": "no-referrer", **rest}
        ) if not rest:
            return
        case {"http-equiv": "content-security-policy", "content": policy, **rest} if not rest:
            wider = next(_wider(policy), "")
            if not wider:
                return
            raise NotAllowed(f"a policy that allows {wider}", "Take it out: a narrower one is written for you", *words)
    raise NotAllowed("a <meta> that is none of ours", "Take it out", *words)


def _wider(policy: str) -> Iterator[str]:
    """The parts of a Content-Security-Policy that allow more than ours does."""
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        for source in sources:
            if source not in _SOURCES.get(name, {"'none'"}) and not (name == "style-src" and source[:4] == "'sha"):
                yield f"{name} {source}"


def _judge_style(style: str, where: str) -> None:
    """NotAllowed where a style loads something, or has what is on no list, whatever way it is written."""

    def refuse(what: str, *words: str) -> NoReturn:
        raise NotAllowed(f"{what} in {where}", "A style loads nothing: take it out", *words)

    waiting: list[Iterable[ast.Node]] = [parse_component_value_list(style, skip_comments=True)]
    while waiting:
        for token in waiting.pop():
            match token:
                case ast.ParseError():
                    at = style.splitlines()[token.source_line - 1 : token.source_line]
                    refuse(f"something that is no CSS ({token.message.lower()})", *(line.strip() for line in at))
                case ast.AtKeywordToken() if token.lower_value not in _AT_RULES:
                    refuse(f"@{token.value}", f"@{token.value}")
                case ast.URLToken():
                    _judge_address(token.value, refuse)
                case ast.FunctionBlock(lower_name="url"):
                    for part in token.arguments:
                        if isinstance(part, ast.StringToken):
                            _judge_address(part.value, refuse)
                        elif not isinstance(part, ast.WhitespaceToken):
                            refuse("url() of something that is no address", "url(")
                case ast.FunctionBlock():
                    if token.lower_name not in _FUNCTIONS:
                        refuse(f"{token.name}()", f"{token.name}(")
                    waiting.append(token.arguments)
                case ast.ParenthesesBlock() | ast.SquareBracketsBlock() | ast.CurlyBracketsBlock():
                    waiting.append(token.content)


def _judge_address(address: str, refuse: Callable[..., NoReturn]) -> None:
    """An address in a style is a part of the page itself or a picture inside it."""
    if not address.lower().startswith(("#", *_PICTURES)):
        refuse(f"the address {address[:40]!r}", address, "url(")
