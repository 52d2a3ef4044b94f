"""Pages, sheets, tables, calendars and tracks that show a plan to its readers."""
