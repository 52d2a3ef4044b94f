"""QR codes as one SVG path, a square of one unit a module."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QrPath:
    """The dark modules of a code of `size` by `size`, its quiet zone included."""

    size: int
    path: str


def qr_path(text: str) -> QrPath:
    """The code of a text (an address). Raises ValueError if it is too long for a code."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.exceptions import DataOverflowError

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2)
    code.add_data(text)
    try:
        rows = code.get_matrix()
    except (DataOverflowError, ValueError) as error:
        raise ValueError("the address is too long for a QR code") from error
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return QrPath(len(rows), path)
