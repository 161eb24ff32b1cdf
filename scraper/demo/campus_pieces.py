"""What bodies of the other systems are made of: their pictures, players and attachments."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from scraper.demo import words
from scraper.demo.pieces import Piece, marked

if TYPE_CHECKING:
    from random import Random

_FILES = ("报名表.docx", "活动指南.pdf", "名单（定稿）.xlsx", "星图 样张.zip")


def _mark(random: Random) -> str:
    return hashlib.md5(str(random.random()).encode(), usedforsecurity=False).hexdigest()


# ── Webplus ───────────────────────────────────────────────────────────────────────────────────────────────


def webplus_folder(random: Random, kind: str) -> str:
    """Return where Webplus puts a file: `/_upload/article/<kind>/aa/bb/<28 hex>/<uuid>`."""
    one, two = _mark(random), _mark(random)
    name = f"{two[:8]}-{two[8:12]}-{two[12:16]}-{two[16:20]}-{two[20:]}"
    return f"/_upload/article/{kind}/{one[:2]}/{one[2:4]}/{one[4:]}/{name}"


def webplus_picture(random: Random, home: str) -> Piece:
    """Return a scaled picture whose full size stands in `original-src`; its file name is all it has."""
    path = webplus_folder(random, "images")
    html = (
        f'<p style="text-align:center;"><img data-layer="photo" src="{path}.jpg" original-src="{path}_d.jpg" '
        "style=\"float:none;\" sudyfile-attr=\"{'title':'照片.jpg'}\" /></p>"
    )
    return Piece(html=html, images=(f"{home}{path}_d.jpg",))


def webplus_attachment(random: Random, home: str) -> Piece:
    """Return a link to a file with an icon before it."""
    name = random.choice(_FILES)
    path = f"{webplus_folder(random, 'files')}.{name.rpartition('.')[2]}"
    html = (
        '<p style="line-height:16px;"><img src="/_ueditor/themes/default/images/icon_doc.gif" />'
        f"<a href=\"{path}\" sudyfile-attr=\"{{'title':'{name}'}}\">{name}</a></p>"
    )
    return Piece(html=html, text=name, links=(f"{home}{path}",), attachments=(f"{home}{path}",))


def webplus_pdf(random: Random, home: str) -> Piece:
    """Return the empty div of a PDF player: its attribute holds the only address."""
    path = webplus_folder(random, "files")
    html = (
        f'<p><div pdfsrc="{path}.pdf" sudy-wp-player="x.js" swsrc="{path}.swf" class="wp_pdf_player" '
        'sudyplayer="wp_pdf_player" contenteditable="false"></div></p>'
    )
    return Piece(html=html, attachments=(f"{home}{path}.pdf",))


def webplus_video(random: Random, home: str) -> Piece:
    """Return the empty div of a video player."""
    path = webplus_folder(random, "videos")
    html = (
        '<p><div style="width:600px;height:400px;" class="wp_video_player" sudyplayer="wp_video_player" '
        f'contenteditable="false" sudy-wp-src="{path}-B.mp4" autostart="false" '
        "sudyfile-attr=\"{'title':'lv_0.mp4'}\"></div></p>"
    )
    return Piece(html=html, media=(f"{home}{path}-B.mp4",))


def webplus_paragraph(text: str) -> Piece:
    """Return a paragraph as a word processor left it: spans in spans, a style of its own."""
    html = (
        '<p class="MsoNormal" style="text-indent:43px;line-height:1.75em;"><span style="font-family:仿宋;">'
        f'<span style="font-family:仿宋;font-size:21px;">{marked(text)}</span></span></p>'
    )
    return Piece(html=html, text=text)


# ── VSB ───────────────────────────────────────────────────────────────────────────────────────────────────


def vsb_folder(random: Random) -> str:
    """Return where VSB puts a file, without a suffix."""
    mark = _mark(random).upper()
    return f"/__local/{mark[0]}/{mark[1:3]}/{mark[3:5]}/{mark[5:28]}_{mark[:8]}_{mark[28:]}"


def vsb_picture(random: Random, home: str) -> Piece:
    """Return a scaled picture whose full size stands in `orisrc`."""
    small, full = vsb_folder(random), vsb_folder(random)
    html = (
        f'<p style="text-align: center"><img width="600" src="{small}.jpg" vsbhref="vurl" vurl="{full}.jpg" '
        f'vheight="" vwidth="600" orisrc="{full}.jpg" class="img_vsb_content"></p>'
    )
    return Piece(html=html, images=(f"{home}{full}.jpg",))


def vsb_video(random: Random, home: str) -> Piece:
    """Return a video: a script whose attribute holds the address."""
    path = vsb_folder(random)
    html = (
        f'<p><script name="_videourl" vurl="{path}.mp4?e=.mp4" vheight="300" vwidth="400" vImgUrl="">'
        f'showVsbVideo("{path}.mp4?e=.mp4","1");</script></p>'
    )
    return Piece(html=html, media=(f"{home}{path}.mp4?e=.mp4",))


def vsb_attachment(random: Random, home: str) -> Piece:
    """Return an attachment: it stands outside the body, in the body's form."""
    name = random.choice(_FILES)
    query = f"urltype=news.DownloadAttachUrl&owner=1550738966&wbfileid={_mark(random)}"
    path = f"/system/_content/download.jsp?{query}"
    html = (
        f'<li><img src="/system/resource/images/fileTypeImages/icon_doc.gif">附件【<a href="{marked(path)}" '
        f'target="_blank">{name}</a>】已下载<span id="nattach1"><script language="javascript">'
        'getClickTimes(1,1550738966,"wbnewsfile","attach")</script></span>次</li>'
    )
    return Piece(html=html, text=name, attachments=(f"{home}{path}",), outside=True)


# ── jeecms ────────────────────────────────────────────────────────────────────────────────────────────────


def jeecms_table(random: Random) -> Piece:
    """Return the table of a notice, with a style and a script before it."""
    rows = [(random.choice(words.THINGS), f"{random.randint(1, 90)}.00", "2026-07") for _ in range(3)]
    shown = (("项目", "预算（万元）", "时间"), *rows)
    cells = "".join(f"<tr><td>{'</td><td>'.join(map(marked, row))}</td></tr>" for row in shown)
    html = (
        '<script type="text/javascript">\n</script>\n<style>\n\t.bgtb{font-size:14px;width:100%;}\n</style>\n'
        f'<table class="bgtb">{cells}</table>'
    )
    return Piece(html=html, text="".join("".join(row) for row in shown))
