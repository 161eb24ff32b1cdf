"""What a hostile page may hold: as Markdown of a document, and as HTML of a captured page.

`{there}` is the address of a server that must never be asked.
"""

from __future__ import annotations

MARKDOWN = """\
---
title: '<script>document.title="attack"</script>"><img src=x onerror=alert(1)>'
date: 2022-03-07 19:05:00
urlname: be1209ea9105a1e66a758ab401f06acc
tags:
- '<b onclick=alert(1)>'
---
<script>document.title = "attack"; fetch("{there}/script")</script>

<img src="{there}/raw.png" onerror="document.title='attack'">

<iframe src="{there}/frame"></iframe>
<svg onload="document.title='attack'"><style>@import "{there}/css";</style>

<meta http-equiv="refresh" content="0;url={there}/refresh"><base href="{there}/">

<link rel="preconnect" href="{there}/"><link rel="dns-prefetch" href="{there}/">

<form action="{there}/form"><input name=q autofocus onfocus="document.title='attack'"></form>

[script](javascript:document.title='attack') [coded](&#106;avascript:document.title='attack')
[data](data:text/html,<script>document.title='attack'</script>) [vb](vbscript:msgbox(1)) [file](file:///etc/passwd)
[breaking](http://x.example/"onmouseover="document.title='attack') [tab](java&Tab;script:alert(1))

![remote]({there}/picture.png) ![data](data:image/svg+xml,<svg/onload=alert(1)>)
![quote](http://x.example/a.png"onerror="document.title='attack')
![up](/pictures/../.scraper/state.sqlite3) [![inner]({there}/inner.png)](javascript:alert(1))

| a | b |
| :-- | --: |
| <script>alert(1)</script> | ![cell]({there}/cell.png) |

```html"onmouseover="document.title='attack'
<script>document.title='attack'</script>
```

[ref]: javascript:document.title='attack'
[by reference][ref] <javascript:alert(1)> <{there}/autolink>

&lt;script&gt;document.title='attack'&lt;/script&gt; </div></article><h1>outside</h1> <!-- <script> -->

[转入文章首发地址](javascript:document.title='attack')"""

PAGE_HEAD = """\
<link rel="preconnect" href="{there}/preconnect"><link rel="dns-prefetch" href="{there}">
<link rel="prefetch" href="{there}/prefetch"><link rel="prerender" href="{there}/prerender">
<link rel="stylesheet" href="{there}/style.css"><link rel="icon" href="{there}/icon.png">
<link rel="manifest" href="{there}/manifest"><link rel="modulepreload" href="{there}/module.js">
<meta http-equiv="refresh" content="0;url={there}/refresh">
<script src="{there}/script.js"></script><script>document.title = "attack"; fetch("{there}/fetch")</script>
<style>@import "{there}/import.css"; body {{ background: url({there}/background.png) }}
@font-face {{ font-family: f; src: url({there}/font.woff2) }} * {{ font-family: f }}</style>
<script type="speculationrules">
{{"prefetch": [{{"source": "list", "urls": ["{there}/speculation"]}}]}}</script>
"""

PAGE_BODY = """\
<img src="{there}/picture.png" srcset="{there}/set.png 2x" onerror="document.title='attack'">
<iframe src="{there}/frame"></iframe>
<iframe srcdoc="<script>top.document.title='attack'</script>"></iframe>
<object data="{there}/object"></object><embed src="{there}/embed">
<video src="{there}/video" autoplay></video>
<audio src="{there}/audio" autoplay></audio>
<svg><image href="{there}/svg.png"/><use href="{there}/use#a"/></svg>
<form id="f" action="{there}/form"><button autofocus onfocus="document.title='attack'">x</button></form>
<script>document.forms[0].submit(); top.location = "{there}/top"; window.open("{there}/open")</script>
<a id="a" href="{there}/link" ping="{there}/ping" target="_top">link</a>
<body onload="document.title='attack'" background="{there}/body.png">
"""


def filled(text: str, there: str) -> str:
    """Return an attack with the address that it would betray."""
    return text.replace("{there}", there).replace("{{", "{").replace("}}", "}")
