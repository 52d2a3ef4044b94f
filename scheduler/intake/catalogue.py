"""Every finding a table can get: how grave it is, what is wrong and how to mend it.

The words say which class of value was met ({got}), never the value. docs/findings.md is tested against this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.model.findings import Finding, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Known:
    """A kind of finding. ERROR costs the row; a WARNING may be raised to one by the column it is about."""

    severity: Severity
    cause: str
    mend: str


CATALOGUE: Mapping[str, Known] = {
    # The file
    "encoding_assumed": Known(
        WARNING,
        "The file is neither UTF-8 nor GB18030; it was read as Western European text.",
        "Look at names with accents; export in UTF-8 if they are wrong.",
    ),
    "mixed_encodings": Known(
        WARNING,
        "{count} lines are encoded otherwise than the rest; each was read by itself.",
        "Look at the names in them; export in UTF-8.",
    ),
    "header_not_first": Known(
        INFO, "The column names stand in row {first}; what is above them is not read.", ""
    ),
    "columns_unused": Known(
        INFO,
        "Columns whose names are not known are not read: {columns}.",
        "If one matters, rename it as docs/tables.md says.{perhaps}",
    ),
    "column_twice": Known(
        WARNING, "Column {other} already gives this; this one is not read.", "Keep one of them."
    ),
    "file_cut_off": Known(
        WARNING,
        "The file ends in the middle of a row; nothing was settled by it.",
        "Export it again.",
    ),
    "coordinates_undeclared": Known(
        WARNING,
        "{count} rows have coordinates in China without a coordinate system; they were taken as WGS-84. "
        "Coordinates from Chinese map services are GCJ-02 or BD-09 and lie some 500 m off.",
        "Add a column 坐标系 (crs) that says WGS-84, GCJ-02 or BD-09.",
    ),
    "id_from_customer": Known(
        INFO, "There is no case number; the customer's number is taken as the case's.", "Add a case number."
    ),
    # The row
    "row_too_long": Known(
        ERROR,
        "The row has more cells than the header, so its values stand in the wrong columns.",
        "Put quotes around text that holds the delimiter.",
    ),
    "row_too_short": Known(
        WARNING, "The row has fewer cells than the header; the last are blank.", "Check that it is whole."
    ),
    "broken_quotes": Known(
        WARNING,
        "A quotation mark is opened and not closed; the row was read without quotes.",
        "Double quotation marks inside quoted text.",
    ),
    "repeated_header": Known(INFO, "The row repeats the header; it is passed over.", ""),
    "totals_row": Known(INFO, "The row holds totals; it is passed over.", ""),
    "duplicate_id": Known(
        ERROR,
        "Row {first} has the same id; this row is not taken.",
        "Keep one of the two, or give this one its own id.",
    ),
    "probable_duplicate": Known(
        WARNING,
        "Row {first} has the same name, address and amount under another id.",
        "Remove one if they are the same loan.",
    ),
    "same_customer": Known(
        INFO,
        "Row {first} has the same name and address: two loans of one customer, it seems.",
        "One visit may serve both.",
    ),
    "impossible_row": Known(ERROR, "Its values do not go together.", "Compare them with docs/tables.md."),
    # Any cell
    "cell_too_long": Known(
        WARNING, "The cell is longer than 10,000 characters; the rest is cut off.", "Shorten it."
    ),
    "control_characters": Known(
        WARNING,
        "The cell holds control characters or marks that turn text around; they are taken out.",
        "Clean the export.",
    ),
    "undecodable": Known(WARNING, "Some characters could not be decoded.", "Export in UTF-8."),
    "formula": Known(
        WARNING,
        "The cell holds a formula instead of a value; it is never evaluated, and read only as a name or a note.",
        "Export values instead of formulas.",
    ),
    "spreadsheet_error": Known(
        WARNING, "The cell holds an error of the spreadsheet, such as #N/A.", "Mend the formula behind it."
    ),
    # Ids
    "missing_id": Known(
        ERROR, "The row has no id. Nothing is settled by a list with such rows.", "Write the bank's number."
    ),
    "bad_id": Known(
        ERROR, "An id has 1 to 64 characters without blanks or slashes.", "Use the bank's or staff number."
    ),
    "rounded_id": Known(
        ERROR,
        "The id is a number that a spreadsheet has rounded; its last digits are lost.",
        "Format the column as text and export again.",
    ),
    "bad_code": Known(
        WARNING, "A code has up to 64 characters without blanks or slashes; it is left out.", "Use a code."
    ),
    # Amounts
    "missing_amount": Known(ERROR, "The amount is missing.", "Fill in what is overdue."),
    "bad_amount": Known(
        WARNING, "There is {got} where an amount of money is expected.", "Write it like 1234.50."
    ),
    "ambiguous_amount": Known(
        WARNING, "The point may mark thousands or decimals.", "Write 1234.00, or two decimals."
    ),
    "negative_amount": Known(
        WARNING, "The amount is below zero.", "Write what is owed as a positive number."
    ),
    "huge_amount": Known(WARNING, "The amount is larger than any loan.", "Check the unit and the column."),
    "other_currency": Known(
        ERROR, "It is not the workspace's currency.", "Convert it, or use another workspace."
    ),
    "balance_below_overdue": Known(
        WARNING,
        "The balance is less than what is overdue of it.",
        "Check that the two columns are not swapped.",
    ),
    # Numbers, dates, hours, choices
    "missing_days": Known(
        ERROR, "Nothing says for how long it is overdue.", "Fill in the days, or the first overdue date."
    ),
    "bad_number": Known(WARNING, "There is {got} where a whole number is expected.", "Write digits only."),
    "number_out_of_range": Known(
        WARNING, "It lies outside {least} to {most}.", "Check the column and the unit."
    ),
    "bad_duration": Known(
        WARNING, "There is {got} where a length of time is expected.", "Write minutes, or 1h30."
    ),
    "bad_date": Known(WARNING, "There is {got} where a date is expected.", "Write dates as 2026-11-24."),
    "no_such_day": Known(
        WARNING, "The calendar has no such day, or it lies outside 1990 to 2100.", "Check the date."
    ),
    "future_date": Known(WARNING, "The date lies in the future.", "Check the date."),
    "bad_yes_no": Known(WARNING, "There is {got} where yes or no is expected.", "Write yes or no (是, 否)."),
    "missing_shift": Known(ERROR, "The shift is missing.", "Write it as 09:00-17:30."),
    "bad_hours": Known(WARNING, "There is {got} where hours are expected.", "Write them as 09:00-17:30."),
    "hours_backwards": Known(WARNING, "The hours end before they start.", "Write the earlier time first."),
    "no_such_hour": Known(WARNING, "A day has no such hour.", "Write hours from 00:00 to 24:00."),
    "bad_lunch": Known(
        WARNING, "There is {got} where a lunch break is expected.", "Write it as 45 min 11:30-13:30."
    ),
    "lunch_outside_shift": Known(
        WARNING, "The lunch cannot be taken within the shift; it is left out.", "Check both hours."
    ),
    "bad_mode": Known(
        WARNING, "It is none of car, bicycle, foot; car is taken.", "Write one of them (汽车, 自行车, 步行)."
    ),
    "bad_place_kind": Known(
        WARNING, "It is none of home, work, other; home is taken.", "Write one of them (家庭, 单位, 其他)."
    ),
    "bad_promise_state": Known(
        WARNING,
        "It is none of pending, kept, broken; the date decides.",
        "Write one of them (待履行, 已履行, 未履行).",
    ),
    "promise_without_date": Known(
        WARNING, "A promise to pay has no date; it is not used.", "Fill in the date."
    ),
    "unknown_flag": Known(
        INFO,
        "A flag is none of Doorstep's own; it counts only where your playbooks or rules name it.",
        "Compare it with docs/tables.md.",
    ),
    # Places
    "empty_address": Known(ERROR, "The address is empty.", "Fill it in, or give coordinates."),
    "work_address_used": Known(
        WARNING,
        "There is no home address; the workplace is taken, and rules for workplaces apply.",
        "Give the home address.",
    ),
    "bad_coordinate": Known(
        WARNING, "There is {got} where a coordinate is expected.", "Write decimal degrees such as 60.1699."
    ),
    "half_a_coordinate": Known(
        WARNING, "Only one of latitude and longitude is usable; the address is used.", "Give both or none."
    ),
    "swapped_coordinates": Known(
        WARNING, "Latitude and longitude are swapped; they are put right.", "Swap the columns."
    ),
    "impossible_coordinates": Known(
        WARNING, "There is no such place; the address is used.", "Check both coordinates."
    ),
    "outside_extract": Known(
        WARNING,
        "The place lies outside the street data; the address is used.",
        "Check it, or use a larger extract.",
    ),
    "unknown_coordinate_system": Known(
        WARNING,
        "The coordinate system is not known; the address is used.",
        "Write WGS-84, GCJ-02 or BD-09.",
    ),
    "no_position": Known(ERROR, "The point has no usable coordinates.", "Write decimal degrees."),
    # Ledgers
    "unknown_entry": Known(
        ERROR, "It is none of the kinds of contact or mark.", "Write one of those in docs/tables.md."
    ),
    "nobody": Known(
        ERROR,
        "No case or customer of the workspace has this id, or the two do not go together.",
        "Import the cases first, or mend the id.",
    ),
    "contact_without_case": Known(ERROR, "A contact names the case it was about.", "Fill in the case."),
    "entry_lacks_day": Known(ERROR, "Nothing says when it was, or from when it holds.", "Fill in the day."),
    "entry_lacks": Known(ERROR, "This kind of entry needs this column.", "See docs/tables.md."),
    "reached_unsaid": Known(
        ERROR, "Nothing says whether the customer was reached.", "Write yes or no (是, 否)."
    ),
    "no_hour": Known(WARNING, "The hour is not told; noon is taken.", "Write it as 2026-11-24 10:30."),
    "unknown_word": Known(ERROR, "It is none of the words of this column.", "See docs/tables.md."),
    "unknown_mark": Known(
        ERROR,
        "The ledger has no such mark of this case or customer to withdraw.",
        "doorstep ledger show names every mark.",
    ),
    # Agents
    "unknown_agent": Known(
        WARNING, "An agent named here is not known.", "Import the agents first, or mend the id."
    ),
    "bad_crew": Known(
        WARNING,
        "A crew has two usable members or more and an id without blanks; here the members go alone.",
        "Give two agents or more the same crew id.",
    ),
    "missing_crew": Known(
        ERROR, "The row names no crew.", "Write a code; rows with the same one go together."
    ),
    "missing_member": Known(ERROR, "The row names no agent.", "Write the agent's id."),
    "crew_is_an_agent": Known(ERROR, "An agent has this id.", "Give the crew a code of its own."),
    "agent_in_crew_already": Known(
        ERROR, "Row {first} puts the same agent into a crew; this row is not taken.", "Keep one of the two."
    ),
    "crew_of_two_agencies": Known(
        WARNING,
        "Its members work for different agencies, and no case may be visited by both; they go alone.",
        "Put agents of one agency into a crew.",
    ),
    "crew_without_hours": Known(
        WARNING, "The shifts of its members share no hours; they go alone.", "Give them overlapping shifts."
    ),
    "two_leads": Known(WARNING, "The crew has a lead already; the first one leads.", "Name one."),
    "lead_lacks_skill": Known(
        WARNING,
        "Whoever leads the crew lacks the skill that [crews] lead_skill asks for.",
        "Let somebody who has it lead.",
    ),
}


def finding(code: str, *, file: str, row: int | None = None, column: str = "", subject: str = "",
            severity: Severity | None = None, **facts: object) -> Finding:  # fmt: skip
    """A finding in the catalogue's words. `facts` fill its blanks: counts, row numbers, classes of value."""
    known = CATALOGUE[code]
    return Finding(
        code=code,
        severity=severity or known.severity,
        cause=known.cause.format(**facts),
        mend=known.mend.format(**facts),
        file=file,
        row=row,
        column=column,
        subject=subject,
    )
