"""What cannot be in the books, as queries that return the rows in which it is.

Each stands under the sentence that names such a row; the numbers in braces are its columns.
"""

from __future__ import annotations

from core.model.payments import PaymentStatus
from core.model.refunds import RefundStatus


def _known(states: type[PaymentStatus] | type[RefundStatus]) -> str:
    return ", ".join(f"'{state.value}'" for state in states)


RULES = {
    "The amount of payment {0} is {1}, which is not more than nothing (minor units).": """
        SELECT payment_id, amount_minor FROM payment WHERE amount_minor <= 0""",
    "The amount of refund {0} is {1}, which is not more than nothing (minor units).": """
        SELECT refund_id, refund_amount_minor FROM refund_request
        WHERE refund_amount_minor <= 0""",
    "Payment {0} is “{1}”, which is no state of a payment.": f"""
        SELECT payment_id, status FROM payment WHERE status NOT IN ({_known(PaymentStatus)})""",  # noqa: S608 - our own words
    "Refund {0} is “{1}”, which is no state of a refund.": f"""
        SELECT refund_id, status FROM refund_request
        WHERE status NOT IN ({_known(RefundStatus)})""",  # noqa: S608 - our own words
    "Refund {0} was approved by {1}, who asked for it.": """
        SELECT refund_id, approved_by FROM refund_request WHERE approved_by = requested_by""",
    "Refund {0} is {1}, but nobody approved it.": """
        SELECT refund_id, status FROM refund_request
        WHERE status NOT IN ('requested', 'rejected', 'withdrawn')
        AND COALESCE(approved_by, '') = ''""",
    "Refund {0} is in {1}, but payment {2} in {3}.": """
        SELECT r.refund_id, r.currency, p.payment_id, p.currency
        FROM refund_request r JOIN payment p ON p.id = r.payment_id
        WHERE r.currency <> p.currency""",
    "Refund {0} is {1}, but when the money was back is not what that makes it.": """
        SELECT refund_id, status FROM refund_request
        WHERE (status = 'completed') <> (refund_completed_at IS NOT NULL)""",
    "The refunds of payment {0} are {1}, more than the {2} paid (minor units).": """
        SELECT p.payment_id, SUM(r.refund_amount_minor), p.amount_minor
        FROM refund_request r JOIN payment p ON p.id = r.payment_id
        WHERE r.status NOT IN ('rejected', 'withdrawn')
        GROUP BY p.id HAVING SUM(r.refund_amount_minor) > p.amount_minor""",
    "Payment {0} is refunded, but its completed refunds are not its amount.": """
        SELECT p.payment_id FROM payment p
        WHERE p.status = 'refunded' AND p.amount_minor <> (
            SELECT COALESCE(SUM(r.refund_amount_minor), 0) FROM refund_request r
            WHERE r.payment_id = p.id AND r.status = 'completed')
        AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
            AND a.subject_id = p.payment_id AND a.action = 'payment:imported')""",
    "Subtotal and tax of invoice {0} are not its total.": """
        SELECT invoice_number FROM invoice WHERE subtotal_minor + tax_minor <> total_minor""",
    "Invoice {0} does not say what payment {1} says.": """
        SELECT i.invoice_number, p.payment_id FROM invoice i JOIN payment p ON p.id = i.payment_id
        WHERE i.total_minor <> p.amount_minor OR i.currency <> p.currency
        OR i.invoice_number <> COALESCE(p.invoice_number, '')""",
    "The lines of invoice {0} add up to {1} with {2} tax, not to what it says (minor units).": """
        SELECT i.invoice_number, COALESCE(SUM(l.total_minor), 0), COALESCE(SUM(l.tax_minor), 0)
        FROM invoice i LEFT JOIN invoice_line l ON l.invoice_id = i.id
        GROUP BY i.id
        HAVING COALESCE(SUM(l.total_minor), 0) <> i.total_minor
        OR COALESCE(SUM(l.tax_minor), 0) <> i.tax_minor""",
    "The lines of credit note {0} add up to {1} with {2} tax, not to what it says"
    " (minor units).": """
        SELECT n.credit_note_number, COALESCE(SUM(l.total_minor), 0), COALESCE(SUM(l.tax_minor), 0)
        FROM credit_note n LEFT JOIN credit_note_line l ON l.credit_note_id = n.id
        GROUP BY n.id
        HAVING COALESCE(SUM(l.total_minor), 0) <> n.amount_minor
        OR COALESCE(SUM(l.tax_minor), 0) <> n.tax_minor""",
    "The credit notes of invoice {0} give back {1} with {2} tax, more than it bears"
    " (minor units).": """
        SELECT i.invoice_number, SUM(n.amount_minor), SUM(n.tax_minor)
        FROM credit_note n JOIN invoice i ON i.id = n.invoice_id
        GROUP BY i.id
        HAVING SUM(n.amount_minor) > i.total_minor OR SUM(n.tax_minor) > i.tax_minor""",
    "{0} bears a letterhead that is not there.": """
        SELECT number FROM (
            SELECT invoice_number AS number, letterhead_sha256 AS head FROM invoice
            UNION ALL SELECT credit_note_number, letterhead_sha256 FROM credit_note) AS paper
        WHERE head NOT IN (SELECT sha256 FROM letterhead)""",
    "Invoice {0} does not stand as its payment does: payment {1} is {2}.": """
        SELECT i.invoice_number, p.payment_id, p.status
        FROM invoice i JOIN payment p ON p.id = i.payment_id
        WHERE i.is_paid <> (p.status IN ('completed', 'refunded'))
        OR (i.void_date IS NOT NULL) <> (p.status IN ('failed', 'cancelled'))""",
    "Payment {0} is {1} but has no invoice number.": """
        SELECT p.payment_id, p.status FROM payment p
        WHERE p.status IN ('completed', 'refunded') AND p.invoice_number IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
            AND a.subject_id = p.payment_id AND a.action = 'payment:imported')""",
    "Payment {0} stands in {1} approved matches; one payment is one match.": """
        SELECT p.payment_id, COUNT(*)
        FROM match_payment m JOIN payment p ON p.id = m.payment_id
        WHERE m.active GROUP BY p.id HAVING COUNT(*) > 1""",
    "Line {1} of statement {0} stands in {2} approved matches; one line is one match.": """
        SELECT l.reconciliation_id, l.line_number, COUNT(*)
        FROM match_line m JOIN statement_line l ON l.id = m.line_id
        WHERE m.active GROUP BY l.id HAVING COUNT(*) > 1""",
    "Line {1} of statement {0} is {2}, which its matches do not bear out.": """
        SELECT l.reconciliation_id, l.line_number, l.state FROM statement_line l
        WHERE (l.state = 'matched') <> EXISTS (
            SELECT 1 FROM match_line m WHERE m.line_id = l.id AND m.active)""",
    "A match of statement {0} explains a difference of {1} as {2}, which is not borne out.": """
        SELECT m.reconciliation_id, m.difference_minor, m.difference_kind FROM match m
        WHERE m.difference_kind <> 'open' AND (
            m.difference_minor = 0 OR m.difference_by = '' OR m.difference_at IS NULL
            OR (m.difference_kind = 'fee' AND m.difference_minor < 0)
            OR (m.difference_kind = 'write_off' AND m.difference_reason = ''))""",
    "Statement {0} is closed as complete, but {1} of its matches have an open difference.": """
        SELECT r.reconciliation_id, COUNT(*)
        FROM payment_reconciliation r JOIN match m ON m.reconciliation_id = r.id
        WHERE r.status = 'COMPLETE' AND m.state = 'approved' AND m.difference_minor <> 0
        AND m.difference_kind = 'open' AND m.kind IN ('one_to_one', 'split', 'by_hand')
        GROUP BY r.id""",
    "Match {1} of statement {0} is {2}, which its lines do not bear out.": """
        SELECT m.reconciliation_id, m.id, m.state FROM match m
        WHERE (m.state = 'approved') <> EXISTS (
            SELECT 1 FROM match_line l WHERE l.match_id = m.id AND l.active)""",
    "Match {1} of statement {0} stands, but not for its line {2}.": """
        SELECT m.reconciliation_id, m.id, l.line_number
        FROM match m JOIN match_line h ON h.match_id = m.id
        JOIN statement_line l ON l.id = h.line_id
        WHERE m.state = 'approved' AND NOT h.active""",
    "Match {1} of statement {0} stands, but not for its payment {2}.": """
        SELECT m.reconciliation_id, m.id, p.payment_id
        FROM match m JOIN match_payment h ON h.match_id = m.id JOIN payment p ON p.id = h.payment_id
        WHERE m.state = 'approved' AND NOT h.active
        AND m.kind IN ('one_to_one', 'fee_net', 'settlement', 'split', 'by_hand')""",
    "Match {1} of statement {0} holds line {2} of another statement.": """
        SELECT m.reconciliation_id, m.id, l.line_number
        FROM match m JOIN match_line h ON h.match_id = m.id
        JOIN statement_line l ON l.id = h.line_id
        WHERE h.active AND l.reconciliation_id <> m.reconciliation_id""",
    "Match {1} of statement {0} proves payment {2}, which is in another currency.": """
        SELECT m.reconciliation_id, m.id, p.payment_id
        FROM match m JOIN match_payment h ON h.match_id = m.id JOIN payment p ON p.id = h.payment_id
        JOIN payment_reconciliation r ON r.id = m.reconciliation_id
        WHERE h.active AND p.currency <> r.currency""",
    "Match {1} of statement {0} says that it differs by {2}, but it differs by {3}"
    " (minor units).": """
        SELECT reconciliation_id, id, difference_minor, paid - received FROM (
            SELECT m.reconciliation_id, m.id, m.difference_minor,
                (SELECT COALESCE(SUM(p.amount_minor), 0) FROM match_payment h
                    JOIN payment p ON p.id = h.payment_id WHERE h.match_id = m.id) AS paid,
                (SELECT COALESCE(SUM(l.amount_minor), 0) FROM match_line h
                    JOIN statement_line l ON l.id = h.line_id WHERE h.match_id = m.id) AS received
            FROM match m WHERE m.state = 'approved'
            AND m.kind IN ('one_to_one', 'fee_net', 'settlement', 'split', 'by_hand')) AS summed
        WHERE difference_minor <> paid - received""",
    "Statement {0} is complete, but {1} of its lines are open or its balance has a gap.": """
        SELECT reconciliation_id, left_open FROM (
            SELECT r.reconciliation_id, r.balance_gap_minor,
                (SELECT COUNT(*) FROM statement_line l WHERE l.reconciliation_id = r.id
                AND l.state IN ('unmatched', 'suggested')) AS left_open
            FROM payment_reconciliation r WHERE r.status = 'COMPLETE') AS complete
        WHERE left_open > 0 OR COALESCE(balance_gap_minor, 0) <> 0""",
    "Statement {0} is {1}, but who closed it and when is not what that makes it.": """
        SELECT r.reconciliation_id, r.status FROM payment_reconciliation r
        WHERE (r.status IN ('COMPLETE', 'DISCREPANCY', 'RESOLVED'))
            <> (r.reconciled_by <> '' AND r.reconciled_at IS NOT NULL)""",
    "Line {1} of statement {0} is set aside without a reason.": """
        SELECT l.reconciliation_id, l.line_number FROM statement_line l
        WHERE l.state = 'ignored' AND l.ignored_reason = ''""",
    "Statement {0} counts a discrepancy of {1}, but it comes to {2} (minor units).": """
        SELECT reconciliation_id, counted, open_lines - differing FROM (
            SELECT r.reconciliation_id, r.discrepancy_amount_minor AS counted,
                (SELECT COALESCE(SUM(l.amount_minor), 0) FROM statement_line l
                    WHERE l.reconciliation_id = r.id
                    AND l.state IN ('unmatched', 'suggested')) AS open_lines,
                (SELECT COALESCE(SUM(m.difference_minor), 0) FROM match m
                    WHERE m.reconciliation_id = r.id AND m.state = 'approved'
                    AND m.difference_kind = 'open'
                    AND m.kind IN ('one_to_one', 'split', 'by_hand')) AS differing
            FROM payment_reconciliation r) AS summed
        WHERE counted <> open_lines - differing""",
    "Match {1} of statement {0} is {2}, yet it holds payment {3}.": """
        SELECT m.reconciliation_id, m.id, m.state, p.payment_id
        FROM match m JOIN match_payment h ON h.match_id = m.id JOIN payment p ON p.id = h.payment_id
        WHERE h.active AND m.state <> 'approved'""",
    "Reconciliation {0} counts {1} lines as matched and {2} as not, which they are not.": """
        SELECT r.reconciliation_id, r.matched_count, r.unmatched_count
        FROM payment_reconciliation r
        LEFT JOIN statement_line l ON l.reconciliation_id = r.id
        GROUP BY r.id
        HAVING r.matched_count <> COUNT(CASE l.state WHEN 'matched' THEN 1 END)
        OR r.unmatched_count
            <> COUNT(CASE WHEN l.state IN ('unmatched', 'suggested') THEN 1 END)""",
    "The statements show {1} given back of payment {0}, more than its refunds (minor units).": """
        SELECT p.payment_id, -SUM(l.amount_minor)
        FROM match m JOIN match_payment h ON h.match_id = m.id JOIN payment p ON p.id = h.payment_id
        JOIN match_line i ON i.match_id = m.id JOIN statement_line l ON l.id = i.line_id
        WHERE m.kind = 'refund' AND m.state = 'approved'
        GROUP BY p.id
        HAVING -SUM(l.amount_minor) > (
            SELECT COALESCE(SUM(r.refund_amount_minor), 0) FROM refund_request r
            WHERE r.payment_id = p.id AND r.status = 'completed')""",
    "Payment {0} stands in an approved match but is not reconciled.": """
        SELECT p.payment_id FROM match_payment m JOIN payment p ON p.id = m.payment_id
        WHERE m.active AND NOT p.reconciled""",
    "Payment {0} counts as reconciled, but no match proves it and nobody said so.": """
        SELECT p.payment_id FROM payment p
        WHERE p.reconciled
        AND NOT EXISTS (SELECT 1 FROM match_payment h WHERE h.payment_id = p.id AND h.active)
        AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
            AND a.subject_id = p.payment_id
            AND a.action IN ('payment:reconciled', 'payment:imported'))""",
    "Lesson {0} still counts, but the match {1} that taught it does not stand.": """
        SELECT l.id, l.match_id FROM payer_lesson l JOIN match m ON m.id = l.match_id
        WHERE l.taken_back_at IS NULL AND m.state <> 'approved'""",
    "Wording {0} still counts, but its line {1} is not set aside.": """
        SELECT w.id, w.line_id FROM wording_lesson w JOIN statement_line l ON l.id = w.line_id
        WHERE w.taken_back_at IS NULL AND l.state <> 'ignored'""",
    "Match {0} may be offered again, but nobody declined it.": """
        SELECT d.match_id FROM lifted_decline d JOIN match m ON m.id = d.match_id
        WHERE m.state <> 'declined'""",
    "Invoice {0} counts as sent to the customer, but no mail of it was.": """
        SELECT i.invoice_number FROM invoice i
        WHERE i.sent_to_customer AND NOT EXISTS (
            SELECT 1 FROM mail_message m
            WHERE m.invoice_id = i.id AND m.kind = 'invoice' AND m.status = 'sent')""",
    "Mail {0} of invoice {1} was sent, but the invoice does not say so.": """
        SELECT m.mail_id, i.invoice_number
        FROM mail_message m JOIN invoice i ON i.id = m.invoice_id
        WHERE m.kind = 'invoice' AND m.status = 'sent' AND NOT i.sent_to_customer""",
    "Payment {0} is reconciled but {1}.": """
        SELECT p.payment_id, p.status FROM payment p
        WHERE p.reconciled AND p.status NOT IN ('completed', 'refunded')""",
    "The lines of order {0} come to {1}, its total is {2} (minor units).": """
        SELECT o.order_number, SUM(l.quantity * l.unit_price_minor), o.total_minor
        FROM "order" o JOIN order_line l ON l.order_id = o.id
        GROUP BY o.id HAVING SUM(l.quantity * l.unit_price_minor) <> o.total_minor""",
    "Order {0} was paid {1} and keeps it, more than its total of {2} (minor units).": """
        SELECT order_number, kept, total_minor FROM (
            SELECT o.order_number, SUM(p.amount_minor - CASE p.status
            WHEN 'refunded' THEN p.amount_minor
            ELSE (SELECT COALESCE(SUM(r.refund_amount_minor), 0) FROM refund_request r
                WHERE r.payment_id = p.id AND r.status = 'completed') END) AS kept, o.total_minor
        FROM "order" o JOIN payment p ON p.order_id = o.id
        WHERE o.is_placed AND p.status IN ('completed', 'refunded')
        AND NOT EXISTS (
            SELECT 1 FROM payment late JOIN audit_entry a ON a.subject_id = late.payment_id
            WHERE late.order_id = o.id AND a.subject_type = 'payment'
            AND late.status IN ('completed', 'refunded')
            AND a.action IN ('payment:imported', 'payment:failed', 'payment:came_late'))
        GROUP BY o.id) AS paid WHERE kept > total_minor""",
    "Customer {0} was merged into {1}, who is not there or was merged too.": """
        SELECT c.id, c.merged_into_id FROM customer c
        LEFT JOIN customer kept ON kept.id = c.merged_into_id
        WHERE c.merged_into_id IS NOT NULL
        AND (kept.id IS NULL OR kept.merged_into_id IS NOT NULL)""",
    "Period {0} began, but was never charged.": """
        SELECT d.reference FROM subscription_period d
        WHERE NOT EXISTS (SELECT 1 FROM subscription_charge c WHERE c.period_id = d.id)""",
    "Period {0} is {1}, which its payments do not bear out.": """
        SELECT d.reference, d.status FROM subscription_period d
        WHERE (d.status = 'paid') <> EXISTS (
            SELECT 1 FROM subscription_charge c JOIN payment p ON p.id = c.payment_id
            WHERE c.period_id = d.id AND p.status IN ('completed', 'refunded'))""",
    "Period {0} was paid {1} times, and no payment is marked to go back.": """
        SELECT d.reference, COUNT(*) FROM subscription_period d
        JOIN subscription_charge c ON c.period_id = d.id JOIN payment p ON p.id = c.payment_id
        WHERE p.status IN ('completed', 'refunded') AND NOT c.is_surplus
        GROUP BY d.id HAVING COUNT(*) > 1""",
    "Payment {0} of period {1} is {2}, but its charge is not what that makes it.": """
        SELECT p.payment_id, d.reference, p.status FROM subscription_charge c
        JOIN payment p ON p.id = c.payment_id JOIN subscription_period d ON d.id = c.period_id
        WHERE (c.ended_at IS NULL) <> (p.status IN ('pending', 'processing'))""",
    "Payment {0} is not what period {1} costs.": """
        SELECT p.payment_id, d.reference FROM subscription_charge c
        JOIN payment p ON p.id = c.payment_id JOIN subscription_period d ON d.id = c.period_id
        WHERE p.amount_minor <> d.amount_minor OR p.currency <> d.currency
        OR coalesce(p.subscription_id, 0) <> coalesce(d.subscription_id, 0)""",
    "Subscription {0} is next due on {1}, a day whose period began already.": """
        SELECT s.subscription_number, s.next_due_on FROM subscription s
        WHERE s.next_due_on <= (
            SELECT MAX(d.starts_on) FROM subscription_period d WHERE d.subscription_id = s.id)""",
    "Customer {0} has {1} points, but their ledger adds up to {2}.": """
        SELECT a.customer_id, a.points, COALESCE(SUM(e.points), 0)
        FROM loyalty_account a LEFT JOIN loyalty_entry e ON e.account_id = a.id
        GROUP BY a.id HAVING a.points <> COALESCE(SUM(e.points), 0)""",
    "Entry {1} in the points of customer {0} does not follow from those before it.": """
        SELECT a.customer_id, e.sequence FROM loyalty_account a JOIN (
            SELECT account_id, sequence, balance_after, owed_after,
            SUM(points) OVER earlier AS balance, SUM(owed) OVER earlier AS owed,
            ROW_NUMBER() OVER earlier AS place
            FROM loyalty_entry WINDOW earlier AS (PARTITION BY account_id ORDER BY sequence)
        ) e ON e.account_id = a.id
        WHERE e.balance_after <> e.balance OR e.owed_after <> e.owed OR e.sequence <> e.place""",
    "Payment {0} was made with points, but none were spent for it.": """
        SELECT p.payment_id FROM payment p
        WHERE p.payment_method = 'loyalty_points' AND p.status IN ('completed', 'refunded')
        AND NOT EXISTS (SELECT 1 FROM loyalty_entry e WHERE e.payment_id = p.id
            AND e.kind = 'spent')
        AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
            AND a.subject_id = p.payment_id AND a.action = 'payment:imported')""",
    "Payment {0} is refunded, but {1} of its points are still earned.": """
        SELECT p.payment_id, SUM(CASE e.kind WHEN 'earned' THEN e.points ELSE e.points - e.owed END)
        FROM payment p JOIN loyalty_entry e ON e.payment_id = p.id
        WHERE p.status = 'refunded' AND e.kind IN ('earned', 'taken_back')
        GROUP BY p.id
        HAVING SUM(CASE e.kind WHEN 'earned' THEN e.points ELSE e.points - e.owed END) <> 0""",
}
"""The sentence, and the query that gives its rows."""
