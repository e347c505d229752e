"""The reader of work plans: sections and a signature as in a report, a calendar as a table, and footnotes below."""

import re
from functools import partial

from mandategraph.documents.dates import day_of, month_of
from mandategraph.documents.lines import Cursor, Line
from mandategraph.documents.sections import SectionsReader
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, PartDescription, PartReading, container, leaf

_COLUMNS = (("date", "DATE"), ("topic", "TOPIC:"))
_MEETING = re.compile(r"(?:IN)?FORMAL MEETING [A-Z ]+")
_ITEM = re.compile(r"(·)\s*(\S.*)")
# The mark of the footnote was lost before the text was obtained: U+FFFD stands in its place.
_FOOTNOTE = re.compile(r"([*†\ufffd]\.?)\s+(\S.*)")


def read(part: PartDescription, cursor: Cursor) -> PartReading:
    """The sections, signatures, calendar and footnotes of a work plan.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = _WorkPlan(part, cursor)
    children = reader.body()
    found = any(each.kind is ElementKind.TABLE for child in children for each in child.walk())
    if not found and not reader.faults:
        reader.faults.append(cursor.fault(None, "a calendar with the columns DATE and TOPIC:"))
    return reader.finish(children)


class _WorkPlan(SectionsReader):
    def top(self, before: list[Element]) -> Element:
        line = self.cursor.peek()
        found = line and _FOOTNOTE.fullmatch(line.text)
        if not found:
            return super().top(before)
        count = sum(each.kind is ElementKind.FOOTNOTE for each in before)
        return self._marked(found, f"{self.part.name}/footnote-{count + 1}", ElementKind.FOOTNOTE)

    def ends_section(self, line: Line) -> bool:
        return super().ends_section(line) or bool(_FOOTNOTE.fullmatch(line.text))

    def opens(self, line: Line) -> bool:
        return super().opens(line) or line.text == _COLUMNS[0][1] or self._opens_row(line)

    def block(self, key: str, before: list[Element]) -> Element:
        line = self.cursor.peek()
        if line is None or line.text != _COLUMNS[0][1]:
            return super().block(key, before)
        self.claim(f"{key}/table", "a table in this section", line)
        return self._table(f"{key}/table")

    def _table(self, key: str) -> Element:
        """The calendar, at whose column heads the pointer stands."""
        heads: list[Element] = []
        for name, text in _COLUMNS:
            line = self.cursor.peek()
            if line is None or line.text != text:
                self.faults.append(self.cursor.fault(line, f"the head of a column, {text!r}"))
                break
            heads.append(self.cursor.take().leaf(f"{key}/head/{name}", ElementKind.LABEL))
        children = [container(f"{key}/head", ElementKind.ROW, heads)]
        while (line := self.cursor.peek()) is not None and not self.ends_section(line):
            children += self.attempt(partial(self._month, key), self._resumes)
        return container(key, ElementKind.TABLE, children)

    def _opens_row(self, line: Line) -> bool:
        return bool(month_of(line.text) or day_of(line.text))

    def _resumes(self, line: Line) -> bool:
        return self._opens_row(line) or self.ends_section(line)

    def _month(self, table: str) -> Element:
        line = self.cursor.take()
        month = month_of(line.text)
        if not month:
            raise self.cursor.fault(line, "a month, as 'MARCH 2012'")
        key = f"{table}/month-{month}"
        self.claim(key, "a month", line)
        children = [line.leaf(f"{key}/label", ElementKind.LABEL)]
        while (following := self.cursor.peek()) is not None and not (
            month_of(following.text) or self.ends_section(following)
        ):
            children += self.attempt(partial(self._entry, key), self._resumes)
        return container(key, ElementKind.MONTH, children)

    def _entry(self, month: str) -> Element:
        """A day, what kind of meeting is held on it, and the items."""
        line = self.cursor.take()
        day = day_of(line.text)
        if not day:
            raise self.cursor.fault(line, "an entry, as 'March 9, 2012' and its items, as '· Words'")
        key = f"{month}/entry-{day.isoformat()}"
        self.claim(key, "a date", line)
        children = [line.leaf(f"{key}/date", ElementKind.DATE)]
        following = self.cursor.peek()
        if following is not None and _MEETING.fullmatch(following.text):
            children.append(self.cursor.take().leaf(f"{key}/meeting", ElementKind.MEETING))
        items: list[Element] = []
        while (following := self.cursor.peek()) is not None and (found := _ITEM.fullmatch(following.text)):
            items.append(self._marked(found, f"{key}/item-{len(items) + 1}", ElementKind.ITEM))
        if not items:
            raise self.cursor.fault(following, f"an item under {line.text!r}, as '· Words'")
        return container(key, ElementKind.ENTRY, [*children, *items])

    def _marked(self, found: re.Match[str], key: str, kind: ElementKind) -> Element:
        """The next line as a sign and the words it stands before."""
        line = self.cursor.take()
        sign = leaf(f"{key}/marker", ElementKind.MARKER, line.start, line.start + found.end(1))
        words = leaf(f"{key}/words", ElementKind.WORDS, line.start + found.start(2), line.end)
        return container(key, kind, [sign, words])
