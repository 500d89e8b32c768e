"""A site that wants to run something in whoever looks at its archive, or to be asked by it.

`canary` is the origin of a server that must never be asked for anything by a reader.
"""

from tests.sites.posts import page
from tests.sites.server import Page, State
from tests.sites.theme import png

EVIL_TITLE = "</title><script>pwned=1</script><img src=x onerror=pwned=2>\u202egnp.exe\u200b"
LONG_WORD = "W" * 5000


def site(canary: str) -> State:
    """Its pages, images and stylesheets."""
    hebrew = _prose("שלום עולם. " * 30)
    words = f"<title>{LONG_WORD}</title><article><h1>{LONG_WORD}</h1><p>{LONG_WORD}</p></article>"
    right = f"<title>שלום \u202e abc \u2066</title><article><h1>\u202eevil</h1>{hebrew}</article>"
    return {
        "/": page(f"<title>{EVIL_TITLE}</title>{_links()}{_body(canary)}"),
        "/evil": page(article(canary)),
        "/words": page(words),
        "/rtl": page(right),
        "*": page(article(canary)),
        "/robots.txt": Page(404),
        "/pic.svg": _of("image/svg+xml", _svg(canary).encode()),
        "/ok.png": _of("image/png", png(3)),
        "/style.css": _of("text/css", _style(canary).encode()),
        "/sneaky.css": _of("text/css", _sneaky(canary).encode()),
    }


def _of(kind: str, body: bytes) -> Page:
    return Page(headers=(("Content-Type", kind), ("X-<script>pwned=18</script>", "<b onclick=x>")), body=body)


def _svg(canary: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="pwned=5" width="20" height="20"><script>pwned=6;'
        f'fetch("{canary}/svg")</script><rect width="20" height="20" fill="#0a0"/></svg>'
    )


def _style(canary: str) -> str:
    return (
        f'@import "{canary}/imported.css"; body {{ background: url({canary}/bg.png) }} '
        "h1 { color: rgb(1, 2, 3) } .a { background: url(ok.png) }"
    )


def _sneaky(canary: str) -> str:
    return f'@im\\70ort "{canary}/escaped.css"; p {{ background: u\\72l({canary}/escaped.png) }}'


def _links() -> str:
    odd = "/odd?&quot;onmouseover=&quot;pwned=3&quot;&gt;&lt;script&gt;pwned=4&lt;/script&gt;"
    return f'<a href="/evil">evil</a> <a href="/words">w</a> <a href="/rtl">r</a> <a href="{odd}">o</a>'


def _prose(text: str) -> str:
    return "".join(f"<p>{text}</p>" for _ in range(3))


def article(canary: str) -> str:
    """A page with something hostile in every place."""
    prose = _prose("The harbour master of the town counted nine boats, and wrote <b>it</b> down in the book.")
    heading = "<h1>Evil &lt;script&gt;pwned=7&lt;/script&gt;</h1>"
    return f"<title>{EVIL_TITLE}</title><article>{heading}{prose}</article>{_body(canary)}"


def _body(canary: str) -> str:
    return f"""
<link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/sneaky.css">
<link rel="preload" as="image" href="{canary}/preload"><link rel="dns-prefetch" href="{canary}">
<meta http-equiv="refresh" content="0;url={canary}/refresh">
<script>pwned = 8; top.location = "{canary}/top"; fetch("{canary}/fetch")</script>
<script src="{canary}/script.js"></script>
<img src="/ok.png" alt="fine" onload="pwned=9"><img src="{canary}/live.png" srcset="{canary}/set.png 2x">
<img src="/pic.svg" alt="svg">
<svg onload="pwned=10"><script>pwned=11</script><use href="{canary}/u.svg#a"/>
<image href="{canary}/image.png"/>
<foreignObject><iframe src="{canary}/foreign"></iframe></foreignObject></svg>
<iframe src="{canary}/frame"></iframe><iframe srcdoc="<script>parent.pwned=12</script>"></iframe>
<object data="{canary}/object"></object><embed src="{canary}/embed">
<video poster="{canary}/poster" src="{canary}/video" autoplay></video>
<form action="{canary}/form"><input autofocus onfocus="this.form.submit()">
<button formaction="{canary}/b">b</button></form>
<a href="javascript:pwned=13" ping="{canary}/ping">click</a>
<a href="data:text/html,<script>pwned=14</script>">data</a>
<div style="background: url({canary}/inline.png); color: rgb(4, 5, 6)" id="styled">styled</div>
<p style="}} </style><script>pwned=15</script>">broken style</p>
<style>@import url({canary}/in.css); i {{ background: url('{canary}/in.png') }}</style>
<noscript><img src="{canary}/noscript"></noscript><math><mtext><img src=x onerror=pwned=16></mtext></math>
<details ontoggle="pwned=17" open><summary>x</summary></details>
<table background="{canary}/table"><tr><td>t</td></tr></table>
"""
