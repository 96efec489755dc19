"""Excel workbooks, streamed while they are written. Plain Python: knows nothing of Django or of payments."""

from wagtail_khalti.xlsx.control_characters import without_controls
from wagtail_khalti.xlsx.sheet import Cells, Chunk, Column, Kind, Sheet
from wagtail_khalti.xlsx.spool import Spool
from wagtail_khalti.xlsx.writer import CONTENT_TYPE, write_xlsx

__all__ = ["CONTENT_TYPE", "Cells", "Chunk", "Column", "Kind", "Sheet", "Spool", "without_controls", "write_xlsx"]
