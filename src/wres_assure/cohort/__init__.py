"""Many returns at once: a folder judged by processes, kept, and told on one page."""
