"""Who may do what in a shop on a server, kept by the server itself.

Every person has a login role of their own in one of five groups that nobody logs in as. What a
group may write it is granted table by table and column by column (:mod:`.grants`); whose rows they
are is a row policy (:mod:`.policies`); that a row says truly who acted, when, and took a step its
group may take is a guard (:mod:`.persons`, :mod:`.audit_guard`); secrets are put away where only
the service reads them (:mod:`.sealed`); logins are made by one function (:mod:`.login_functions`).
"""
