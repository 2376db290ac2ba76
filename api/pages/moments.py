"""Moments as people in China read them."""

from datetime import datetime

from matcher.casework.months import CHINA


def moment(value: datetime | None) -> str:
    """Day and time in China: 2026-11-22 16:05; empty for none."""
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if value else ""


def day(value: datetime | None) -> str:
    """Day in China: 2026-11-22; empty for none."""
    return value.astimezone(CHINA).strftime("%Y-%m-%d") if value else ""
