"""From a run to one plain document, and from that to HTML, Markdown and JSON."""
