"""What somebody may do with the library: checked, carried out and written into the audit log.

Pages, API and command line act through a `Desk`, never on the store itself. Each module beside
this one holds the steps of one subject, functions whose first argument is the desk:

    desk = Desk(matcher, actor)
    needs.submit(desk, parsed)
    pairings.advance(desk, 12, PairingStage.VISITED, seen=3)
"""

from matcher.desk.core import Act, Desk, RecordDesk, Subject, changed_fields

__all__ = ["Act", "Desk", "RecordDesk", "Subject", "changed_fields"]
