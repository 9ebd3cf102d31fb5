"""Charts: altair describes them, vl-convert draws them as SVG, the page's CSS colours them.

Every chart is drawn at fixed margins, so nothing depends on the fonts of the machine that renders it, and
its colours are CSS variables, so one drawing serves light, dark and print.
"""
