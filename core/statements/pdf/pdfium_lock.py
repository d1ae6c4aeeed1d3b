"""One thread at a time calls PDFium: it keeps state of its own for the whole process.

Two threads in it, even with two documents, crash the program. Whoever calls pypdfium2 outside
tests holds this lock, for one page or one paper at a time.
"""

from __future__ import annotations

import threading

PDFIUM = threading.Lock()
