"""Edits that are right: each must leave the checks silent, on the real content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

from faultkit.page_faults import _pairs, _registry_numbers
from faultkit.spots import Edit, Fault, Source, Spot, good, together
from livingreview.claims import CLAIMS_FILE
from livingreview.glossary import GLOSSARY_FILE
from livingreview.loading import BIBLIOGRAPHY_FILE, REDIRECTS_FILE, REGISTER_FILE
from livingreview.model import BlockKind
from livingreview.siteconfig import CONFIG_FILE
from livingreview.verified import LEDGER_FILE
from livingreview.work import WORK_FILE

_DATA = (CLAIMS_FILE, GLOSSARY_FILE, LEDGER_FILE, WORK_FILE, BIBLIOGRAPHY_FILE, CONFIG_FILE, "data/vocabulary.yml")


def _rewritten(source: Source, path: str, change: Callable[[bytes], bytes]) -> Fault:
    return Fault((), (), (), (), ((path, change(source.snapshot.files[path])),))


def _all_text_files(source: Source) -> list[str]:
    return [*(page.path for page in source.pages), *_DATA, *(trial.path for trial in source.review.trials)]


def _whole_files(source: Source, change: Callable[[bytes], bytes]) -> Iterator[Fault]:
    for path in _all_text_files(source):
        yield _rewritten(source, path, change)


@good("line-ends", "Windows 换行", "Windows line ends")
def _(source: Source) -> Iterator[Fault]:
    yield from _whole_files(source, lambda data: data.replace(b"\n", b"\r\n"))


@good("byte-order-mark", "字节顺序标记", "a byte order mark")
def _(source: Source) -> Iterator[Fault]:
    yield from _whole_files(source, lambda data: b"\xef\xbb\xbf" + data)


@good("no-last-newline", "文件末尾没有换行", "no line end at the end of a file")
def _(source: Source) -> Iterator[Fault]:
    yield from _whole_files(source, lambda data: data.rstrip(b"\n"))


@good("blank-lines-at-end", "文件末尾多空行", "blank lines at the end of a file")
def _(source: Source) -> Iterator[Fault]:
    yield from _whole_files(source, lambda data: data + b"\n\n")


@good("yaml-comment", "YAML 中加注释", "a comment in YAML")
def _(source: Source) -> Iterator[Fault]:
    for path in _all_text_files(source):
        if path.endswith(".yml"):
            yield _rewritten(source, path, lambda data: b"# a remark\n" + data)


@good("yaml-document-start", "YAML 文档起始符", "a document marker in YAML")
def _(source: Source) -> Iterator[Fault]:
    for path in _all_text_files(source):
        if path.endswith(".yml") and path != CONFIG_FILE:
            yield _rewritten(source, path, lambda data: b"---\n" + data)


@good("yaml-quotes", "YAML 值加引号", "quotes around a YAML value")
def _(source: Source) -> Iterator[Fault]:
    for path in (CLAIMS_FILE, GLOSSARY_FILE, LEDGER_FILE):
        for spot in islice(
            source.lines(path, r"^ +(?:block|verdict|kind|en|date|read_at): ([^\s\"'\[{>|][^\"\n]*)$"), 0, 4000, 31
        ):
            yield spot.replaced(f'"{spot.text}"')


@good("yaml-list-form", "YAML 列表改为逐行", "a YAML list written one item a line")
def _(source: Source) -> Iterator[Fault]:
    for spot in islice(source.lines(CLAIMS_FILE, r"^  entities: (\[[^\]\"]+\])$"), 0, 400, 9):
        items = [item.strip() for item in spot.text[1:-1].split(",")]
        yield Fault((Edit(spot.path, spot.start - 1, spot.end, "".join(f"\n    - {item}" for item in items)),), ())


@good("trailing-space", "行尾空格", "a space at the end of a line")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH):
        at = spot.start + len(spot.text.split("\n")[0])
        yield Fault((Edit(spot.path, at, at, " "),), ())


@good("blank-line", "段间多一空行", "an extra blank line between blocks")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.NOTE):
        yield Fault((Edit(spot.path, spot.start, spot.start, "\n"),), ())


@good("comment", "加一行注释", "a comment between blocks")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH):
        yield Fault((Edit(spot.path, spot.start, spot.start, "<!-- to be read again -->\n\n"),), ())


@good("rewrapped", "段落折行", "a paragraph wrapped onto two lines")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH):
        if spot.language == "en":
            for gap in islice(source.inside(spot, re.compile(r"(?<=[a-z]) (?=[a-z])")), 1):
                yield gap.replaced("\n")


@good("bold", "加粗一个词", "a word in bold")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.blocks(BlockKind.PARAGRAPH):
        for word in islice(
            source.inside(spot, re.compile(r"(?<= )[a-z]{5,}(?=[ .,])|(?<=[，、])[\u4e00-\u9fff]{2}(?=[，、])")), 1
        ):
            yield word.replaced(f"**{word.text}**")


def _appended(source: Source, zh: str, en: str, *kinds: BlockKind) -> Iterator[Fault]:
    """Add a sentence to the end of a block's first line, in both languages."""
    for one, two in _pairs(source, *kinds):
        edits = []
        for side, words in ((one, zh), (two, en)):
            first = side.text.split("\n")[0]
            at = side.start + len(re.sub(r"\s*\{: #[\w-]+ \}$", "", first))
            edits.append(Edit(side.path, at, at, words))
        yield Fault(tuple(edits), ())


@good("sentence", "两种语言各加一句", "a sentence added in both languages")
def _(source: Source) -> Iterator[Fault]:
    yield from _appended(source, "此处另有说明。", " This is explained elsewhere.", BlockKind.PARAGRAPH, BlockKind.ITEM)


_NUMBERED = (
    ("number", "数", "a number", "另有 17 项记录。", " There are 17 further records."),
    ("percent", "百分数", "a percentage", "比例为 12.5%。", " The share is 12.5%."),
    ("interval", "置信区间", "a confidence interval", "HR 0.81（95% CI 0.55–1.20）。", " HR 0.81 (95% CI 0.55–1.20)."),
    ("p-value", "P 值", "a P value", "无显著差异（P = 0.41）。", " Not significant (P = 0.41)."),
    (
        "p-spacing",
        "P 值空格不同",
        "a P value spaced differently",
        "无显著差异（P=0.41）。",
        " Not significant (P = 0.41).",
    ),
    ("comparator", "比较号", "a comparator", "年龄 ≥65 岁。", " Age ≥65 years."),
    ("comparator-words", "比较用语", "a comparator in words", "至少 65 岁。", " At least 65 years."),
    ("thousands", "千位分隔", "a thousands separator", "共 1204 份记录。", " There were 1,204 records."),
    ("power", "10 的幂", "a power of ten", "剂量为 2×10⁶ 个/kg。", " The dose was 2 × 10⁶ cells/kg."),
    ("date", "日期", "a date", "见 2024 年 3 月 5 日的记录。", " See the record of March 5, 2024."),
    ("duration", "时长", "a duration", "随访 18 个月。", " Follow-up was 18 months."),
    ("range", "范围", "a range", "第 3～6 个月。", " In months 3–6."),
    ("range-words", "范围用语", "a range in words", "3 至 6 个月。", " From 3 to 6 months."),
    ("counter", "量词", "a counted thing", "两组均如此。", " This held in both groups."),
    ("ordinal", "序数", "an ordinal", "首次报告见下。", " The first report is given below."),
    ("wan", "以万计的数", "a number in ten thousands", "约 1.2 万人。", " About 12,000 people."),
    ("negative", "负数", "a negative number", "变化为 −0.4。", " The change was −0.4."),
    ("fraction", "分数", "a fraction", "其中 3/4 的记录如此。", " This holds for 3/4 of the records."),
    ("temperature", "温度", "a temperature", "保存于 37 ℃。", " Kept at 37 °C."),
    ("ratio", "比例", "a ratio", "按 3:1 分配。", " Allocated 3:1."),
    ("name", "带数字的名称", "a name with a number", "CD166 另见他处。", " CD166 is treated elsewhere."),
    ("fullwidth", "全角数字", "full-width digits", "另有 １７ 项记录。", " There are 17 further records."),
)  # fmt: skip

for _id, _zh_name, _en_name, _zh, _en in _NUMBERED:

    def _make(source: Source, zh: str = _zh, en: str = _en) -> Iterator[Fault]:
        yield from _appended(source, zh, en, BlockKind.PARAGRAPH)

    good(f"both-{_id}", f"两种语言各加{_zh_name}", f"{_en_name} added in both languages")(_make)


def _new_block(source: Source, zh: str, en: str, name: str) -> Iterator[Fault]:
    for one, two in _pairs(source, BlockKind.PARAGRAPH):
        if one.block and one.block.id != "lead":
            yield Fault(tuple(Edit(s.path, s.end, s.end, t.format(name)) for s, t in ((one, zh), (two, en))), ())


@good("new-paragraph", "两种语言各加一段", "a paragraph added in both languages")
def _(source: Source) -> Iterator[Fault]:
    yield from _new_block(
        source, "\n新的一段，有 23 项。\n{{: #{} }}\n", "\nA new paragraph with 23 trials.\n{{: #{} }}\n", "new-one"
    )


@good("new-list", "两种语言各加一个列表", "a nested list added in both languages")
def _(source: Source) -> Iterator[Fault]:
    zh = "\n- 其一。 {{: #{0}-a }}\n    - 其下。 {{: #{0}-b }}\n- 其二。 {{: #{0}-c }}\n\n"
    en = "\n- One. {{: #{0}-a }}\n    - Below. {{: #{0}-b }}\n- Two. {{: #{0}-c }}\n\n"
    yield from _new_block(source, zh, en, "new-item")


@good("new-heading", "两种语言各加一节", "a section added in both languages")
def _(source: Source) -> Iterator[Fault]:
    zh = "\n## 新的一节 {{#{0}}}\n\n内容。\n{{: #{0}-text }}\n"
    en = "\n## A new section {{#{0}}}\n\nText.\n{{: #{0}-text }}\n"
    yield from _new_block(source, zh, en, "new-section")


@good("new-note", "两种语言各加编者注", "an editor's note added in both languages")
def _(source: Source) -> Iterator[Fault]:
    zh = "\n/// note\n    attrs: {{id: {}}}\n    for: [c001]\n\n尚未核对。\n///\n"
    en = "\n/// note\n    attrs: {{id: {}}}\n    for: [c001]\n\nNot checked yet.\n///\n"
    yield from _new_block(source, zh, en, "note-new")


@good("new-table", "两种语言各加一个表", "a table added in both languages")
def _(source: Source) -> Iterator[Fault]:
    zh = "\n/// table | 新表\n    attrs: {{id: {}}}\n\n| 项 | 数 |\n|---|---|\n| 甲 | 5 |\n///\n"
    en = "\n/// table | A new table\n    attrs: {{id: {}}}\n\n| Item | Number |\n|---|---|\n| One | 5 |\n///\n"
    yield from _new_block(source, zh, en, "new-table")


@good("outside-link", "两种语言各加一个外部链接", "an outside link added in both languages")
def _(source: Source) -> Iterator[Fault]:
    yield from _appended(
        source,
        "另见[该网站](https://example.org/a)。",
        " See also [the site](https://example.org/a).",
        BlockKind.PARAGRAPH,
    )


@good("cross-reference", "两种语言各加一个交叉引用", "a cross-reference added in both languages")
def _(source: Source) -> Iterator[Fault]:
    for fault in _appended(
        source, "另见[术语]({}glossary.md)。", " See also [the glossary]({}glossary.md).", BlockKind.PARAGRAPH
    ):
        ups = ["../" * (edit.path.count("/") - 2) for edit in fault.edits]
        yield Fault(
            tuple(Edit(e.path, e.start, e.end, e.new.format(up)) for e, up in zip(fault.edits, ups, strict=True)), ()
        )


@good("repeated-citation", "重复引用同一文献", "a work of the block cited once more, in both languages")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source, BlockKind.PARAGRAPH):
        keys = sorted(one.block.cited_keys) if one.block else []
        if keys:
            edits = []
            for side, words in ((one, "（另见[@{}]）"), (two, " (see also [@{}])")):
                at = side.start + len(side.text.split("\n")[0])
                edits.append(Edit(side.path, at, at, words.format(keys[0])))
            yield Fault(tuple(edits), ())


@good("locator", "引文加页码", "a page number added to a citation in both languages")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source, BlockKind.PARAGRAPH):
        groups = [source.groups_of(side)[:1] for side in (one, two)]
        if all(groups) and ";" not in groups[0][0].text + groups[1][0].text and groups[0][0].text == groups[1][0].text:
            yield together(*(g[0].replaced(f"{g[0].text[:-1]}, p. 12]") for g in groups))


@good("group-order", "一组引文内换序", "the order inside a group of citations changed")
def _(source: Source) -> Iterator[Fault]:
    work = source.review.work
    listed = set(work.references) if work else set()
    for group in source.groups():
        keys = re.findall(r"@([\w-]+)", group.text)
        numbered = group.slug in source.review.chapter_slugs  # other pages cite what has its number already
        if len(keys) > 1 and not (numbered and listed & set(keys)):
            yield group.replaced("[" + "; ".join(f"@{key}" for key in reversed(keys)) + "]")


@good("bib-reordered", "文献条目换位", "an entry of the bibliography moved")
def _(source: Source) -> Iterator[Fault]:
    for key in source.lines(BIBLIOGRAPHY_FILE, r"^@\w+\{([^,]+),"):
        entry = source.entry(BIBLIOGRAPHY_FILE, key, r"^(?:@\w+\{|%)")
        end = len(source.text(BIBLIOGRAPHY_FILE))
        yield Fault((entry.edit(""), Edit(BIBLIOGRAPHY_FILE, end, end, "\n" + entry.text)), ())


@good("bib-style", "文献条目的大小写与空格", "capitals and spaces of a bibliography entry")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(BIBLIOGRAPHY_FILE, r"^(@article)\{"):
        yield spot.replaced("@Article")
    for spot in islice(source.lines(BIBLIOGRAPHY_FILE, r"^(  year\s+= )\{"), 20):
        yield spot.replaced("YEAR=")


@good("bib-quotes", "文献字段用引号", "quotes around a field of the bibliography")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(BIBLIOGRAPHY_FILE, r"^  (?:pages|volume|year)\s+= (\{[^{}\"]+\}),$"):
        yield spot.replaced(f'"{spot.text[1:-1]}"')


@good("doi-case", "DOI 大小写", "a DOI in capitals")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(BIBLIOGRAPHY_FILE, r"^  doi\s+= \{(.*)\},$"):
        yield spot.replaced(spot.text.upper())


@good("description-reworded", "改写页面简介", "a page's description reworded")
def _(source: Source) -> Iterator[Fault]:
    for page in source.pages:
        for spot in source.lines(page.path, r"^description: (.*)$"):
            yield spot.replaced("在此改写。" if page.language == "zh" else "Reworded here.")
            break


@good("heading-reworded", "两种语言改写标题", "a heading reworded in both languages")
def _(source: Source) -> Iterator[Fault]:
    for one, two in _pairs(source, BlockKind.HEADING):
        edits = []
        for side, words in ((one, "概说"), (two, "In general")):
            at = side.start + side.text.index(" {")
            edits.append(Edit(side.path, at, at, f"：{words}" if side is one else f": {words}"))
        yield Fault(tuple(edits), ())


@good("paragraphs-exchanged", "两种语言同样换段", "two paragraphs exchanged in both languages alike")
def _(source: Source) -> Iterator[Fault]:
    pairs = list(_pairs(source, BlockKind.PARAGRAPH))
    for (one, two), (next_one, next_two) in pairwise(pairs):
        cites = (one.block and one.block.citations) or (next_one.block and next_one.block.citations)
        adjacent = one.path == next_one.path and not source.text(one.path)[one.end : next_one.start].strip()
        if adjacent and not cites:
            yield Fault(
                (one.edit(next_one.text), next_one.edit(one.text), two.edit(next_two.text), next_two.edit(two.text)), ()
            )


@good("id-renamed-properly", "改名并设重定向", "an id renamed in both languages with a redirect for the old one")
def _(source: Source) -> Iterator[Fault]:
    homes = set(source.review.claims_by_block)
    noted = {claim.note for claim in source.review.claims}
    pointed = {link.text.partition("#")[2] for link in source.links()}
    text = "\n".join(
        source.text(path) for path in ("data/changes.yml", "data/notes-ledger.yml") if path in source.snapshot.files
    )
    for one, two in _pairs(source, BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM):
        name = str(one.block and one.block.id)
        if (
            f"{one.slug}#{name}" in homes | noted
            or name in pointed
            or name in text
            or name in ("lead", "abstract", "cite")
        ):
            continue
        page = f"/{one.slug}/" if one.slug and one.slug != "index" else "/"
        redirect = f"- from: {page}#{name}\n  to: {page}#{name}-new\n".encode()
        compare = f"- from: /compare{page}#{name}\n  to: /compare{page}#{name}-new\n".encode()
        edits = []
        for side in (one, two):
            at = side.start + re.search(rf"#{re.escape(name)}(?=[ }}])", side.text).end()  # type: ignore[union-attr]
            edits.append(Edit(side.path, at, at, "-new"))
        chapter = one.slug in source.review.chapter_slugs
        yield Fault(tuple(edits), (), (), (), ((REDIRECTS_FILE, redirect + (compare if chapter else b"")),))


@good("new-page", "两种语言各加一页并列入导航", "a page added in both languages and to the navigation")
def _(source: Source) -> Iterator[Fault]:
    at = source.text(CONFIG_FILE).index("  - introduction.md")
    zh = "---\ntitle: 新页\ndescription: 一页。\n---\n# 新页\n\n## 一节 {#one}\n\n内容。\n"
    en = "---\ntitle: New page\ndescription: A page.\n---\n# New page\n\n## A section {#one}\n\nText.\n"
    added = (("docs/zh/new-page.md", zh.encode()), ("docs/en/new-page.md", en.encode()))
    yield Fault((Edit(CONFIG_FILE, at, at, "  - new-page.md\n"),), (), (), (), added)


@good("new-term", "加一个术语", "a term added")
def _(source: Source) -> Iterator[Fault]:
    end = len(source.text(GLOSSARY_FILE))
    text = (
        "\n- id: new-term\n  zh: 全新术语\n  en: quite new term\n  definition:\n    zh: 说明。\n    en: Explanation.\n"
    )
    yield Fault((Edit(GLOSSARY_FILE, end, end, text),), ())


@good("term-form", "术语加一种写法", "another form of a term added")
def _(source: Source) -> Iterator[Fault]:
    for number, spot in enumerate(source.lines(GLOSSARY_FILE, r"^  also:\n    en: \[([^\]]+)\]$")):
        yield spot.replaced(f"{spot.text}, entirely new form {number}")


@good("new-reference", "加一条文献并在两种语言引用", "a work added, with its record, and cited in both languages")
def _(source: Source) -> Iterator[Fault]:
    key = "nobody2020newer"
    entry = (
        f"\n@article{{{key},\n  author = {{Nobody, A.}},\n  title = {{A new work}},\n  journal = {{Journal}},\n"
        "  year = {2020},\n  langid = {english},\n  keywords = {review},\n}\n"
    )
    end = len(source.text(BIBLIOGRAPHY_FILE))
    for one, two in _pairs(source, BlockKind.NOTE):
        edits = [Edit(BIBLIOGRAPHY_FILE, end, end, entry)]
        for side in (one, two):
            at = side.start + side.text.rstrip().rindex("\n///")
            edits.append(Edit(side.path, at, at, f"\n\n[@{key}]"))
        yield Fault(tuple(edits), ())


@good("register-extended", "登记册加注释行", "a comment in the register of addresses")
def _(source: Source) -> Iterator[Fault]:
    del source
    yield Fault((Edit(REGISTER_FILE, 0, 0, "# addresses\n"),), ())


@good("page-link-of-number", "注册号再提一次", "a registry number of the data mentioned once more in both languages")
def _(source: Source) -> Iterator[Fault]:
    seen: set[str] = set()
    for number in _registry_numbers(source):
        one: Spot = number
        if one.language != source.review.source or one.text in seen or one.block is None:
            continue
        two = source.other(one)
        if two is not None and one.block.kind is BlockKind.NOTE:
            seen.add(one.text)
            whole = source.whole(next(p for p in source.pages if p.path == one.path), one.block)
            edits = []
            for side in (whole, two):
                at = side.start + side.text.rstrip().rindex("\n///")
                edits.append(Edit(side.path, at, at, f"\n\n{one.text}"))
            yield Fault(tuple(edits), ())
