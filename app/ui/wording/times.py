"""Times: when something was, as a person reads it, in their own time zone."""

from datetime import datetime

from PySide6.QtCore import QDate, QLocale, QTime

from app.ui.wording.language import tr


def moment(when: datetime, now: datetime) -> str:
    """Return a time in short: its date only where that is another day's than `now`."""
    when, now = when.astimezone(), now.astimezone()
    time = _time(when)
    if when.date() == now.date():
        return time
    month = QLocale().monthName(when.month, QLocale.FormatType.ShortFormat)
    is_this_year = when.year == now.year
    text = tr("{day} {month}, {time}") if is_this_year else tr("{day} {month} {year}, {time}")
    return text.format(day=when.day, month=month, year=when.year, time=time)


def moment_in_full(when: datetime) -> str:
    """Return a time with its weekday and whole date."""
    when = when.astimezone()
    day = QLocale().toString(QDate(when.year, when.month, when.day), QLocale.FormatType.LongFormat)
    return tr("{day}, {time}").format(day=day, time=_time(when))


def _time(when: datetime) -> str:
    """Return hours and minutes, counted to 12 or to 24 as the system does."""
    locale = QLocale()
    counts_to_12 = "a" in locale.timeFormat(QLocale.FormatType.ShortFormat).lower()
    return locale.toString(QTime(when.hour, when.minute), "h:mm AP" if counts_to_12 else "HH:mm")
