"""What a page of somebody's own templates may hold; everything else is refused, whatever way it is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wres_assure.render.briefing import allowed

GUARDED = '<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
HEAD = f'<head><meta http-equiv="Content-Security-Policy" content="{allowed.POLICY}"><meta charset="utf-8">'
SENT = "A briefing loads, runs and sends nothing: take it out."
LOADED = "A style loads nothing: take it out."
WIDE = "default-src 'none'; img-src *; script-src * 'unsafe-inline'"
META = f'<meta http-equiv="Content-Security-Policy" content="{WIDE}">'


@pytest.mark.parametrize(("body", "said"), [
    *(pytest.param(f"<{name}>", f"<{name}>. {SENT}", id=name) for name in (
        "script", "noscript", "iframe", "object", "embed", "base", "link", "form", "input", "button", "select",
        "template", "textarea", "audio", "video", "source", "track", "picture", "applet", "portal", "dialog", "xmp",
        "plaintext", "noembed", "noframes", "math", "marquee", "x-own", "map", "fencedframe",
    )),
    *(pytest.param(f"<svg><{name}>", f"<{name}>. {SENT}", id=f"svg {name}") for name in (
        "script", "style", "foreignObject", "image", "use", "feImage", "animate", "set", "a", "filter",
    )),
    # what a browser takes for the end of a comment, or for none
    ("<!-- x --!><script src=//evil.example></script> -->", f"<script>. {SENT}"),
    ("<!--><script src=//evil.example></script> -->", f"<script>. {SENT}"),
    ("<!---><script src=//evil.example></script> -->", f"<script>. {SENT}"),
    ("<! x ><script></script>", f"<script>. {SENT}"),
    ("<?x ><script></script>", f"<script>. {SENT}"),
    ("</ x ><script></script>", f"<script>. {SENT}"),
    ("<![CDATA[ x > <img src=https://e.example> ]]>", "src of <img>, 'https://e.example'. Begin it with data:image/."),
    ("<svg><![CDATA[ ]]><image href=//evil.example>", f"<image>. {SENT}"),
    ("<svg><title><p>x</title></svg>", f"<p>. {SENT}"),
    ("<style><!--</style><img src=//evil.example>-->", "src of <img>"),
    ("<title><!--</title><iframe>-->", f"<iframe>. {SENT}"),
    ("<noscript><p title='</noscript><img src=//evil.example>'>", f"<noscript>. {SENT}"),
    # attributes
    ("<p onclick=x>", "onclick of <p>. Take the attribute out."),
    ("<body onload=x>", "onload of <body>"),
    ("<svg/onload=x>", "onload of <svg>"),
    ("<body background=//evil.example>", "background of <body>"),
    ("<img srcset=//evil.example>", "srcset of <img>"),
    ("<img src=data:text/html,x>", "src of <img>, 'data:text/html,x'"),
    ("<a href=javascript:x>", "href of <a>, 'javascript:x'. Begin it with https://, http://, mailto:, #."),
    ("<a href='java&#10;script:x'>", "href of <a>"),
    ("<a href=data:text/html,x>", "href of <a>"),
    ("<a href='#x' ping=//evil.example>", "ping of <a>"),
    ("<html manifest=x>", "manifest of <html>"),
    ("<p xmlns=x>", "xmlns of <p>"),
    # <meta>
    (META, "<meta> outside of <head>. Take it out: the policy is written for you."),
    (f"<p>x</p>{META}", "<meta> outside of <head>"),
    (META.replace(WIDE, allowed.POLICY), "<meta> outside of <head>"),
    (f"<!DOCTYPE html><head>{META}</head>", "a policy that allows img-src *. Take it out"),
    ("<!DOCTYPE html><meta http-equiv=Content-Security-Policy content=\"img-src data: 'self'\">", "img-src 'self'"),
    ("<!DOCTYPE html><meta http-equiv=refresh content='0;url=//evil.example'>", "a <meta> that is none of ours"),
    ("<!DOCTYPE html><meta charset=utf-8 http-equiv=refresh content='0;url=//evil.example'>", "a <meta> that is none"),
    ("<!DOCTYPE html><meta charset=utf-7>", "a <meta> that is none of ours"),
    ("<!DOCTYPE html><meta name=referrer content=unsafe-url>", "a <meta> that is none of ours"),
    # styles, as a browser reads them
    *(pytest.param(f"<style>{style}</style>", f"{said} in <style>. {LOADED}", id=style) for style, said in (
        ('p{background:image-set("https://evil.example/x.png" 1x)}', "image-set()"),
        ('p{background:-webkit-image-set("//evil.example" 1x)}', "-webkit-image-set()"),
        ('@media print{p{background:IMAGE-SET("//evil.example" 1x)}}', "IMAGE-SET()"),
        ('p{--x:image-set("//evil.example" 1x)}', "image-set()"),
        ('p{background:im\\61ge-set("//evil.example" 1x)}', "image-set()"),
        ('p{background:cross-fade(url(#a), "//evil.example")}', "cross-fade()"),
        ('p{background:image("//evil.example")}', "image()"),
        ('p{background:src("//evil.example")}', "src()"),
        ("p{width:expression(alert(1))}", "expression()"),
        ("@import 'http://evil.example'", "@import"),
        ("@\\69mport 'http://evil.example'", "@import"),
        ("p{} /* */ @IMPORT url(x)", "@IMPORT"),
        ("@font-face{src:url(x)}", "@font-face"),
        ("@namespace url(x)", "@namespace"),
        ("p{background:url(http://evil.example)}", "the address 'http://evil.example'"),
        ("p{background:URL( 'http://evil.example' )}", "the address 'http://evil.example'"),
        ("p{background:u\\72l(http://evil.example)}", "the address 'http://evil.example'"),
        ("p{background:url(var(--x))}", "something that is no CSS (bad url token)"),
        ("p{background:url('#a' var(--x))}", "url() of something that is no address"),
        ("p{background:url(data:text/html,x)}", "the address 'data:text/html,x'"),
        ("p{content:'x\n'; background:url(x)}", "something that is no CSS (bad string token)"),
    )),
    ("<p style='background: url(//evil.example)'>", f"the address '//evil.example' in style of <p>. {LOADED}"),
    ("<p style='background: image-set(\"x\" 1x)'>", f"image-set() in style of <p>. {LOADED}"),
    ("<svg><path fill='url(//evil.example#a)'>", "the address '//evil.example#a' in fill of <path>"),
    ("<svg><g mask='image-set(\"x\" 1x)'>", "image-set() in mask of <g>"),
    # and what would wear a browser out
    ("<div>" * 300, "elements more than 200 deep in each other. Close each of them."),
])  # fmt: skip
def test_what_stands_on_no_list_is_refused_with_what_to_do(body: str, said: str) -> None:
    with pytest.raises(allowed.NotAllowed) as refused:
        allowed.held(body if body.startswith("<!DOCTYPE") else f"<!DOCTYPE html><html><head></head><body>{body}")
    assert said in f"{refused.value}."


@pytest.mark.parametrize(("page", "written"), [
    ("<h1>no policy</h1>", "<body><h1>no policy</h1>"),
    (f"{GUARDED}<p>x", "</head><body><p>x</p>"),
    ("<!DOCTYPE html><head><!-- x --><meta charset=UTF-8><title>x</title>", "<title>x</title>"),
    ("<!DOCTYPE html><meta http-equiv=content-type content='text/html; charset=utf-8'><p>x", "</head><body><p>x</p>"),
    ("<!-- <script> --><p>x<!-- y --!>z", "<body><p>xz</p>"),
    ("<p><![CDATA[ x > y", "<p> y</p>"),
    ("<p title='<script>'>&lt;script&gt;", '<p title="&lt;script&gt;">&lt;script&gt;</p>'),
    ("<a href=https://example.org>x</a>", '<a href="https://example.org">x</a>'),
    ("<img alt=x src='data:image/png;base64,AAAA'>", '<img alt="x" src="data:image/png;base64,AAAA">'),
    ("<style>p{background:url(data:image/png;base64,AA) calc(1px + 2px)}</style>", "url(data:image/png;base64,AA) c"),
    ("<svg xmlns='http://www.w3.org/2000/svg'><path fill='url(#a)' d='M0'/>", '<path fill="url(#a)" d="M0"></path>'),
    ("<pre>\n\n x</pre>", "<pre>\n\n x</pre>"),
])  # fmt: skip
def test_what_is_written_is_the_tree_that_was_judged_with_our_policy_in_front(page: str, written: str) -> None:
    made = allowed.held(page)
    assert made.startswith("<!DOCTYPE html><html>" + HEAD) and made.count("Content-Security") == 1
    assert written in made and allowed.held(made) == made


PIECES = (
    "<p>", "</p>", "<b>", "</b>", "<a href='#'>", "</a>", "<table>", "<td>", "</table>", "<svg>", "</svg>", "<title>",
    "</title>", "<style>", "</style>", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<pre>", "\n", "\n\n", "&lt;", "<",
    ">", "'", '"', "<p title='--><img src=x>'>", "<p title='</style></svg><script>'>", "<li>", "<ul>", "<rt>", "x",
    "<head>", "</body>", "<body class=x>", "<caption>", "<col>", "<?x", "</br>", "<script>", "<math>",
    "<noscript>", "\0",
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_whatever_is_put_together_is_refused_or_read_again_as_it_was_judged(page: str) -> None:
    try:
        made = allowed.held(page)
    except allowed.NotAllowed:
        return
    assert allowed.held(made) == made
    tags = re.sub(r"""(?s)"[^"]*"|<style>.*?</style>""", "", made)
    assert not re.search(r"<(script|math|noscript|img)\b", tags)
