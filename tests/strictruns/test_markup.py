"""Markup of strangers: no handler, no script and no address outlives the filter."""

import base64
import html
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from loopbaanchecks.project import PROJECT
from strictruns import write_html
from strictruns.markup import check_drawing, clean

TRICKS = {  # after the OWASP cheat sheet on filter evasion, and how parsers of HTML differ
    "script": "<script>PWN</script>",
    "upper": "<ScRiPt>PWN</sCrIpT>",
    "handler": "<img src='data:,' onerror=PWN>",
    "slash": "<img/src='data:,'/onerror=PWN>",
    "link": "<a href='#x' onmouseover=\"PWN\">k</a>",
    "comment": "<!--><img src='data:,x' onerror=\"PWN\">-->",
    "bang": "<!--!><img src='data:,x' onerror=PWN>-->",
    "conditional": "<!--[if gte IE 4]><script>PWN</script><![endif]-->",
    "cdata": "<![CDATA[><img onerror=PWN src=x>]]>",
    "processing": "<?xml ><img onerror=PWN src=x>?>",
    "quoted": '<img title="><img src=x onerror=PWN>">',
    "javascript": '<a href="java\tscript:PWN">k</a>',
    "entities": '<a href="&#106;avascript:PWN">k</a>',
    "data": '<a href="data:text/html,<script>PWN</script>">k</a>',
    "vbscript": "<a href='vbscript:PWN'>k</a>",
    "base": "<base href='http://adres.invalid/'>",
    "meta": "<meta http-equiv=refresh content='0;url=http://adres.invalid'>",
    "css link": "<link rel=stylesheet href='http://adres.invalid/a.css'>",
    "style": "<style>body{background-image:image-set('http://adres.invalid/a' 1x)}</style>",
    "escaped style": "<p style='background:u\\72l(http://adres.invalid)'>p</p>",
    "comment in style": "<p style='background:ur/**/l(//adres.invalid)'>p</p>",
    "image-set": "<p style=\"background-image:image-set('//adres.invalid' 1x)\">p</p>",
    "cursor": "<p style='cursor:url(//adres.invalid),auto'>p</p>",
    "over all": "<a href='#' style='position:fixed;inset:0'>PWN</a>",
    "svg": "<svg><script>PWN</script></svg>",
    "svg animate": "<svg><a><animate attributeName=href values='javascript:PWN'/></a></svg>",
    "svg use": "<svg><use href='data:image/svg+xml,<svg id=x onload=PWN>#x'/></svg>",
    "svg style": "<svg><style>@import '//adres.invalid'</style></svg>",
    "foreign": "<svg><foreignObject><img src=x onerror=PWN></foreignObject></svg>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=PWN></style></table></mtext></math>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=PWN>'></noscript>",
    "template": "<template><img src=x onerror=PWN></template>",
    "textarea": "<textarea></textarea><img src='data:,' onerror=PWN>",
    "title": "<title><img src='data:,' onerror=PWN></title>",
    "plaintext": "<plaintext><img src=x onerror=PWN>",
    "iframe": "<iframe srcdoc='<script>PWN</script>'></iframe>",
    "object": "<object data='data:text/html,PWN'></object>",
    "form": "<form action='//adres.invalid'><button formaction='javascript:PWN'>b</button></form>",
    "details": "<details open ontoggle=PWN><summary>s</summary></details>",
    "body": "</div></main></body><body onload=PWN><img src='data:,' onerror=PWN>",
    "head": "</head><script>PWN</script>",
    "table": "<table background='//adres.invalid'><tr><td>a</td></tr></table>",
    "ping": "<a href='#x' ping='//adres.invalid'>k</a>",
    "marquee": "<marquee onstart=PWN>m</marquee>",
    "contenteditable": "<p contenteditable autofocus onfocus=PWN>p</p>",
    "dialog": "<p popover id=p onbeforetoggle=PWN>p</p>",
    "srcset": "<picture><source srcset='//adres.invalid 1x'><img src='data:,'></picture>",
    "second in srcset": "<picture><source srcset='data:image/png,A 1x, //adres.invalid 2x'></picture>",
    "srcset of an image": "<img src='data:,' srcset='//adres.invalid 2x'>",
    "import": "<video><source src='//adres.invalid' onerror=PWN></video>",
}
LIVE = re.compile(r"<[^>]*\son\w+\s*=|<script|javascript:|adres\.invalid|position:", re.IGNORECASE)


def test_nothing_that_runs_or_fetches_is_left():
    for name, markup in TRICKS.items():
        found = clean(f"<p>voor</p>{markup}<p>na</p>")
        assert not LIVE.search(found), name
        assert clean(found) == found, name  # read again as a browser does, it says the same
        assert "voor" in found


@pytest.mark.parametrize("cell", ["html", "markdown", "prose", "name"])
def test_no_way_into_a_page_is_open(tmp_path, cell):
    kinds = {"html": "text/html", "markdown": "text/markdown"}
    for name, markup in TRICKS.items():
        if cell == "prose":
            shown = new_markdown_cell(f"tekst\n\n{markup}\n")
        elif cell == "name":
            shown = new_code_cell("1", outputs=[new_output("stream", name="stdout", text=markup)])
        else:
            data = {kinds[cell]: markup}
            shown = new_code_cell("1", outputs=[new_output("display_data", data=data)])
        node = new_notebook(cells=[new_markdown_cell("# Titel"), shown])
        try:
            write_html(node, tmp_path / "a.html", project=PROJECT, language="nl")
        except ValueError as error:
            assert "expected" in str(error), name  # noqa: PT017
            continue
        page = (tmp_path / "a.html").read_text(encoding="utf8").partition("</head>")[2]
        live = page if cell != "name" else page.replace(html.escape(markup, quote=False), "")
        assert not LIVE.search(live), name


def test_what_pages_need_stays():
    kept = (
        '<figure><img src="data:image/png;base64,AAAA" alt="a" style="width:100%;max-width:7.5in">'
        '<figcaption>b <span class="evidence" style="display:inline-block;border:2px solid red">[c]</span>'
        '</figcaption></figure><div class="table" role="region" tabindex="0" aria-label="d"><table><tbody>'
        '<tr class="flag" style="background:#fbe9e0"><th scope="row" style="text-align:left">e</th></tr>'
        '</tbody></table></div><div class="shown" id="table-a" data-files="tables/a.csv tables.xlsx"><table>'
        '<colgroup><col style="width:20.5%"></colgroup></table><details class="rest"><summary>h</summary>i'
        '</details></div><picture><source media="(max-width: 600px)" srcset="data:image/png;base64,AAAA">'
        '<img src="data:image/png;base64,AAAA" alt="a"></picture><a href="../index.nl.html#claim-a">f</a><a href="https://example.org/">g</a>'
    )
    assert clean(kept, own=["../index.nl.html"]) == kept
    assert "index.nl" not in clean(kept)


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<script>x</script>", "stands still; found script"),
        ("<g onload='x'/>", "without handlers; found 'onload'"),
        ("<image href='http://adres.invalid'/>", "without addresses; found"),
        ("<a xmlns:x='http://www.w3.org/1999/xlink' x:href='javascript:x'/>", "without addresses; found"),
        ("<style>@import 'http://adres.invalid'</style>", "in its style; found"),
        ("<g style='fill:url(http://adres.invalid)'/>", "in its style; found"),
        ("<g fill='url(//adres.invalid)'/>", "in its style; found"),
        ("<foreignObject/>", "stands still; found foreignobject"),
        ("<g", "well-formed SVG; found"),
    ],
)
def test_a_drawing_holds_no_address_either(inside, found):
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>".encode()
    with pytest.raises(ValueError, match=f"page: expected a drawing .*{found}|expected a drawing in {found}"):
        check_drawing(drawing)
    with pytest.raises(ValueError, match="page: expected a drawing"):
        clean(f'<img src="data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}">')
    check_drawing(
        b"<svg xmlns='http://www.w3.org/2000/svg'><g clip-path='url(#a)' style='fill:url(#b)'/></svg>"
    )
