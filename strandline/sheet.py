"""The frame of a self-contained web page: it loads nothing, runs nothing, and follows light or dark."""

from base64 import b64encode
from hashlib import sha256
from html import escape

_STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --paper: #fdfdfb; --faint: #5c6670; --rule: #d9dcd6;
  --gone: #8f1d1d; --gone-bg: #fbe6e4;
  --added: #0b5a2a; --added-bg: #dff3e4;
  --moved: #1d4b8f; --moved-bg: #e5edf9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e6e3; --paper: #14171a; --faint: #9aa4ad; --rule: #333a40;
    --gone: #ffb3ab; --gone-bg: #45201d;
    --added: #a5e8b9; --added-bg: #143a22;
    --moved: #b3cffb; --moved-bg: #1b2f4d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 5rem; max-width: 42rem;
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
  font: 1.0625rem/1.65 Charter, "Iowan Old Style", Georgia, "Noto Serif", serif;
}
header, dl, summary { font: .875rem/1.5 system-ui, sans-serif; color: var(--faint); }
header { border-bottom: 1px solid var(--rule); padding-bottom: 1rem; margin-bottom: 1.5rem; }
h1 { font-size: 1rem; margin: 0 0 .25rem; color: var(--ink); }
header p { margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1.5rem; }
dd { margin: 0; color: var(--ink); }
p { margin: 0 0 1.1em; unicode-bidi: plaintext; text-wrap: pretty; }
del, ins {
  border-radius: .15em; padding: 0 .1em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
}
del { color: var(--gone); background: var(--gone-bg); text-decoration: line-through 1px; }
ins { color: var(--added); background: var(--added-bg); text-decoration: underline 1px; }
.moved { color: var(--moved); background: var(--moved-bg); text-decoration-style: dotted; }
.moved a { color: inherit; text-decoration: none; padding-inline-end: .25em; }
:target { outline: 2px solid var(--moved); }
details { margin: 0 0 1.1em; border-inline-start: 2px solid var(--rule); padding-inline-start: .9rem; }
summary { cursor: pointer; }
details p { color: var(--faint); }
"""
_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def sheet(title: str, body: str) -> str:
    """The whole page. `title` is text, `body` is HTML in which everything strange is escaped already."""
    return f"""<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""
