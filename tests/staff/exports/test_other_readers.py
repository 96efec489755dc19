"""Programs that others wrote read our workbook: exceljs, which refuses cells without a place, and LibreOffice."""

import csv
import io
import json
import shutil
import subprocess

import pytest

from wagtail_khalti.xlsx import Column, Kind, Sheet, write_xlsx

EXCELJS = "exceljs@4.4.0"
READ = """
const book = new (require("exceljs").Workbook)();
book.xlsx.readFile("book.xlsx").then(() => console.log(JSON.stringify(
  book.worksheets[0].getSheetValues().slice(1).map((row) => row.slice(1)))));
"""


@pytest.fixture
def folder(tmp_path):
    columns = [
        Column(heading="Paid on (AD)", kind=Kind.TIME),
        Column(heading="Paid on (BS)", kind=Kind.BS_DAY),
        Column(heading="Name"),
        Column(heading="Gross", kind=Kind.MONEY, is_summed=True),
    ]
    cells = [
        ["2026-11-21 05:45:00", ""],
        ["2083-08-05", ""],
        ["  सीता <& \U0001f600", "=1+1"],
        ["1500.50", "0.10"],
    ]
    (tmp_path / "book.xlsx").write_bytes(
        b"".join(write_xlsx([Sheet(title="Payments", columns=columns, chunks=[cells], total="Total")]))
    )
    return tmp_path


@pytest.mark.heavy
@pytest.mark.network
def test_exceljs_reads_it(folder):
    if not shutil.which("npm"):
        pytest.skip("npm is not here, so exceljs did not read a workbook")
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent", EXCELJS]
    if subprocess.run(install, cwd=folder, check=False, capture_output=True, timeout=120).returncode:
        pytest.skip("exceljs can't be installed, so it did not read a workbook")

    said = subprocess.run(["node", "-e", READ], cwd=folder, check=True, capture_output=True, timeout=60).stdout

    headings, first, second, total = json.loads(said)
    assert headings == ["Paid on (AD)", "Paid on (BS)", "Name", "Gross"]
    assert first == ["2026-11-21T05:45:00.000Z", "2083-08-05", "  सीता <& \U0001f600", 1500.5]
    assert second == [None, None, "=1+1", 0.1]
    assert total == ["Total", None, None, {"formula": "SUBTOTAL(109,D2:D3)", "result": 1500.6}]


@pytest.mark.heavy
def test_libreoffice_reads_it(folder):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not here, so it did not read a workbook")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    form = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8, all as it is shown
    command = ["soffice", profile, "--headless", "--convert-to", form, "book.xlsx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)

    read = list(csv.reader(io.StringIO((folder / "book.csv").read_text("utf-8"), newline="")))
    assert read[1] == ["2026-11-21 05:45", "2083-08-05", "  सीता <& \U0001f600", "1,500.50"]
    assert read[2:] == [["", "", "=1+1", "0.10"], ["Total", "", "", "1,500.60"]]
