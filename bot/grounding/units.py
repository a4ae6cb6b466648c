"""Units as they are said, each with its dimension and its size in seconds, parts of one, bytes, metres or grams."""

from __future__ import annotations

_DAY = 86_400.0
_SINGULAR = {
    **dict.fromkeys(("millisecond", "ms"), ("time", 0.001)),
    **dict.fromkeys(("second", "sec"), ("time", 1.0)),
    **dict.fromkeys(("minute", "min"), ("time", 60.0)),
    "hour": ("time", 3600.0),
    "day": ("time", _DAY),
    "night": ("time", _DAY),
    "week": ("time", 7 * _DAY),
    "fortnight": ("time", 14 * _DAY),
    "month": ("time", 365.25 * _DAY / 12),
    "year": ("time", 365.25 * _DAY),
    "winter": ("time", 365.25 * _DAY),
    "summer": ("time", 365.25 * _DAY),
    "decade": ("time", 3652.5 * _DAY),
    "century": ("time", 36525 * _DAY),
    **dict.fromkeys(("percent", "%", "percentage"), ("share", 0.01)),
    **dict.fromkeys(("kilobyte", "kb"), ("memory", 1e3)),
    **dict.fromkeys(("megabyte", "mb"), ("memory", 1e6)),
    **dict.fromkeys(("gigabyte", "gb", "gig"), ("memory", 1e9)),
    **dict.fromkeys(("terabyte", "tb"), ("memory", 1e12)),
    **dict.fromkeys(("centimeter", "centimetre", "cm"), ("length", 0.01)),
    **dict.fromkeys(("meter", "metre"), ("length", 1.0)),
    **dict.fromkeys(("kilometer", "kilometre", "km"), ("length", 1e3)),
    "mile": ("length", 1609.3),
    **dict.fromkeys(("gram", "g"), ("weight", 1.0)),
    **dict.fromkeys(("kilogram", "kilo", "kg"), ("weight", 1e3)),
    **dict.fromkeys(("ton", "tonne"), ("weight", 1e6)),
    **dict.fromkeys(("dollar", "$", "buck"), ("dollars", 1.0)),
    **dict.fromkeys(("euro", "€"), ("euros", 1.0)),
    "£": ("pounds", 1.0),
}
_PLURALS = {f"{name}s": unit for name, unit in _SINGULAR.items() if len(name) > 2} | {"centuries": _SINGULAR["century"]}
UNITS = _SINGULAR | _PLURALS
