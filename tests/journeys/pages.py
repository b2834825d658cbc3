"""Which page is looked at as whom: every page of the access table, with the demo's data."""

from signatories.access import unsubscribe_token
from signatories.models import User
from tests.journeys.progress_pages import of_progress
from tests.journeys.visit import Visit
from tests.servers import OPEN_ROUND, Portal

PARTNER = "/partners/braintree-district-council"
SIGNED = "/partners/basildon-council"


def visits(portal: Portal) -> list[Visit]:
    """Every page with the demonstration's own objects in its address."""
    of_partners = [
        *_of_partners(portal),
        *_of_answers(portal),
        *_of_sending(portal),
        *_of_practices(portal),
        *_of_support(portal),
    ]
    ecda = [*_of_ecda(portal), *of_progress(portal)]
    return [*_public(portal), *_of_invitations(portal), *of_partners, *ecda]


def _one(portal: Portal, statement: str) -> str:
    return str(portal.query(statement)[0][0])


def _assessment(portal: Portal, state: str) -> str:
    return _one(portal, f"SELECT max(id) FROM assessments_assessment WHERE state = '{state}'")


def _invitation(portal: Portal, email: str) -> str:
    """The address of the page that somebody was invited to."""
    where = f"WHERE email = '{email}'"
    code = _one(portal, f"SELECT code FROM signatories_invitation {where}")
    return f"/invitations/{code}/"


def _of_invitations(portal: Portal) -> list[Visit]:
    """What somebody new, the one who was invited and everybody else see of an invitation."""
    new, known = _invitation(portal, "nia@newcomers.example"), "lead@basildon.example"
    revoked = _invitation(portal, "ray@newcomers.example")
    return [
        Visit("signatories:invitation-detail", "", new),
        Visit("signatories:invitation-detail", "", _invitation(portal, known)),
        Visit("signatories:invitation-detail", known, _invitation(portal, known)),
        Visit("signatories:invitation-detail", "lead@braintree.example", new),
        Visit("progress:start", known, "/start/"),
        Visit("404", "", "/invitations/unknown/"),
        Visit("410", "", revoked),
    ]


def _signature(portal: Portal, partner: str) -> str:
    slug = partner.rsplit("/", 1)[-1]
    return _one(
        portal,
        "SELECT max(s.id) FROM signatories_signature s JOIN signatories_partner p"
        f" ON p.id = s.partner_id WHERE p.slug = '{slug}'",
    )


def _public(portal: Portal) -> list[Visit]:
    code = _one(portal, "SELECT code FROM signatories_certificate LIMIT 1")
    return [
        Visit("progress:home", "", "/"),
        Visit("commitments:declaration", "", "/declaration/"),
        Visit("signatories:register", "", "/register/"),
        Visit("signatories:register", "", "/register/?kind=district&state=newest"),
        Visit("signatories:register", "", "/register/?kind=none"),
        Visit("signatories:certificate-check", "", "/certificates/"),
        Visit("signatories:certificate-check", "", "/certificates/?number=unknown"),
        Visit("signatories:certificate-detail", "", f"/certificates/{code}/"),
        Visit("signatories:certificate-detail", "", "/certificates/unknown/"),
        Visit("progress:accessibility", "", "/accessibility/"),
        Visit("progress:privacy", "", "/privacy/"),
        Visit("progress:cookies", "", "/cookies/"),
        Visit("404", "", "/nothing/here/"),
        Visit("account_login", "", "/accounts/login/"),
        Visit("account_request_login_code", "", "/accounts/login/code/"),
        Visit("account_reset_password", "", "/accounts/password/reset/"),
        Visit("outbox:message-list", "", "/outbox/"),
    ]


def _mine(portal: Portal) -> str:
    return _one(
        portal,
        "SELECT max(a.id) FROM assessments_assessment a JOIN signatories_partner p"
        " ON p.id = a.partner_id WHERE p.slug = 'braintree-district-council'",
    )


def _sheet(portal: Portal, which: str) -> str:
    """The first or the last spreadsheet that somebody brought back."""
    return _one(portal, f"SELECT {which}(id) FROM assessments_sheetupload")


def _of_partners(portal: Portal) -> list[Visit]:
    lead, leader = "lead@braintree.example", "leader@braintree.example"
    mine = _one(
        portal,
        "SELECT max(a.id) FROM assessments_assessment a JOIN signatories_partner p"
        " ON p.id = a.partner_id WHERE p.slug = 'braintree-district-council'",
    )
    answer = _one(portal, f"SELECT min(id) FROM assessments_answer WHERE assessment_id = {mine}")
    report = _one(portal, "SELECT code FROM progress_report LIMIT 1")
    document = _one(portal, "SELECT code FROM assessments_document WHERE kind = 'assessment'")
    questions = _one(portal, "SELECT code FROM assessments_document WHERE kind = 'questions'")
    member = _one(
        portal,
        "SELECT m.id FROM signatories_membership m JOIN signatories_user u ON u.id = m.person_id"
        " WHERE u.email = 'contributor@braintree.example'",
    )
    changes = _assessment(portal, "changes")
    return [
        Visit("progress:start", lead, "/start/"),
        Visit("progress:partner-home", lead, f"{PARTNER}/"),
        Visit("progress:partner-home", leader, f"{PARTNER}/"),
        Visit("signatories:member-list", lead, f"{PARTNER}/members/"),
        Visit("signatories:invitation-create", lead, f"{PARTNER}/members/invite/"),
        Visit("signatories:membership-leave", leader, f"{PARTNER}/leave/"),
        Visit("signatories:member-detail", lead, f"{PARTNER}/members/{member}/"),
        Visit("signatories:signature-create", leader, f"{PARTNER}/sign/"),
        Visit("signatories:signature-list", leader, f"{PARTNER}/signatures/"),
        Visit("403", lead, f"{PARTNER}/sign/"),
        Visit("assessments:assessment-detail", lead, f"/assessments/{mine}/"),
        Visit("assessments:assessment-check", lead, f"/assessments/{mine}/check/"),
        Visit("assessments:answer-edit", lead, f"/answers/{answer}/"),
        Visit("assessments:assessment-sign-off", leader, f"/assessments/{mine}/sign-off/"),
        Visit("assessments:assessment-detail", "lead@southend.example", f"/assessments/{changes}/"),
        Visit("progress:report-list", lead, f"{PARTNER}/reports/"),
        Visit("progress:report-detail", lead, f"/reports/{report}/"),
        Visit("assessments:document-detail", lead, f"/documents/{document}/"),
        Visit("assessments:document-detail", leader, f"/documents/{questions}/"),
    ]


def _of_answers(portal: Portal) -> list[Visit]:
    """What hangs on an answer: who is asked, its history, what will be done about it."""
    lead, staff = "lead@braintree.example", "staff@ecda.example"
    answer = _one(
        portal,
        "SELECT min(a.id) FROM assessments_answer a"
        " JOIN assessments_assessment s ON s.id = a.assessment_id"
        " JOIN signatories_partner p ON p.id = s.partner_id"
        " WHERE p.slug = 'braintree-district-council' AND s.state = 'draft'",
    )
    first = _one(portal, f"SELECT min(pgh_id) FROM assessments_answerhistory WHERE id = {answer}")
    evidence = _one(portal, f"SELECT min(id) FROM assessments_evidence WHERE answer_id = {answer}")
    improvement = _one(
        portal,
        "SELECT min(i.id) FROM assessments_improvement i"
        " JOIN signatories_partner p ON p.id = i.partner_id"
        " WHERE p.slug = 'braintree-district-council'",
    )
    draft, typed_in = portal.query("SELECT id, answer_id FROM assessments_draft")[0]
    return [
        Visit("assessments:draft-detail", lead, f"/drafts/{draft}/"),
        Visit("assessments:evidence-detail", lead, f"/evidence/{evidence}/"),
        Visit("assessments:evidence-detail", staff, f"/evidence/{evidence}/"),
        Visit("assessments:answer-edit", lead, f"/answers/{typed_in}/"),
        Visit("assessments:answer-assign", lead, f"/answers/{answer}/assign/"),
        Visit("assessments:answer-history", lead, f"/answers/{answer}/history/"),
        Visit("assessments:answer-history", lead, f"/answers/{answer}/history/?version={first}"),
        Visit("progress:partner-timeline", lead, f"{PARTNER}/timeline/"),
        Visit("progress:assessment-timeline", lead, f"/assessments/{_mine(portal)}/timeline/"),
        Visit("assessments:improvement-list", lead, f"{PARTNER}/improvements/"),
        Visit("assessments:improvement-list", staff, f"{PARTNER}/improvements/?status=overdue"),
        Visit("assessments:improvement-add", lead, f"{PARTNER}/improvements/add/"),
        Visit("assessments:improvement-edit", lead, f"/improvements/{improvement}/"),
        Visit("assessments:improvement-edit", staff, f"/improvements/{improvement}/"),
        Visit("assessments:sheet-upload", lead, f"/assessments/{_mine(portal)}/sheet/upload/"),
        Visit("assessments:sheet-detail", lead, f"/uploads/{_sheet(portal, 'min')}/"),
        Visit("assessments:sheet-detail", lead, f"/uploads/{_sheet(portal, 'max')}/"),
    ]


def _of_sending(portal: Portal) -> list[Visit]:
    """What stands between the answers and ecda: checked, sent, read by the leader."""
    awaiting, submitted = _assessment(portal, "awaiting"), _assessment(portal, "submitted")
    changes = _assessment(portal, "changes")
    lead = _sender(portal, awaiting)
    leader = lead.replace("lead@", "leader@")
    return [
        Visit("assessments:assessment-detail", lead, f"/assessments/{awaiting}/"),
        Visit("assessments:assessment-sent", lead, f"/assessments/{awaiting}/sent/"),
        Visit("assessments:assessment-sent", leader, f"/assessments/{awaiting}/sent/"),
        Visit("assessments:assessment-sign-off", leader, f"/assessments/{awaiting}/sign-off/"),
        Visit(
            "assessments:assessment-sent",
            _sender(portal, submitted),
            f"/assessments/{submitted}/sent/",
        ),
        Visit(
            "assessments:assessment-check",
            _sender(portal, changes),
            f"/assessments/{changes}/check/",
        ),
    ]


def _of_practices(portal: Portal) -> list[Visit]:
    """Good practice as everybody, its partner and ecda see it; and quality checks."""
    staff, lead = "staff@ecda.example", "lead@braintree.example"
    rows = portal.query("SELECT slug, state FROM assessments_goodpractice ORDER BY id")
    public = [f"/good-practice/{slug}/" for slug, state in rows if state == "published"]
    own = portal.query(
        "SELECT DISTINCT ON (g.id) g.slug, u.email FROM assessments_goodpractice g"
        " JOIN signatories_membership m ON m.partner_id = g.partner_id"
        " JOIN signatories_user u ON u.id = m.person_id"
        " WHERE m.role IN ('lead', 'leader') AND m.ended_at IS NULL"
        " AND g.state IN ('offered', 'published')"
    )
    mine = [(str(email), f"/good-practice/{slug}/") for slug, email in own]
    answers = f"SELECT max(id) FROM assessments_answer WHERE assessment_id = {_mine(portal)}"
    edit = [f"/good-practice/{slug}/edit/" for slug, _ in rows]
    return [
        Visit("assessments:practice-list", "", "/good-practice/"),
        Visit("assessments:practice-list", "", "/good-practice/?q=data"),
        Visit("assessments:practice-list", "", "/good-practice/?q=nothing&kind=x"),
        *(Visit("assessments:practice-detail", "", path) for path in public),
        *(Visit("assessments:practice-detail", who, path) for who, path in mine),
        *(Visit("assessments:practice-withdraw", who, f"{path}withdraw/") for who, path in mine),
        Visit(
            "assessments:practice-offer", lead, f"/answers/{_one(portal, answers)}/good-practice/"
        ),
        Visit("assessments:practice-own-list", lead, f"{PARTNER}/good-practice/"),
        Visit("assessments:practice-queue", staff, "/good-practice/queue/"),
        Visit("assessments:practice-queue", staff, "/good-practice/queue/?state=published"),
        *(Visit("assessments:practice-edit", staff, path) for path in edit),
        Visit("assessments:quality-list", staff, "/quality/"),
        Visit("assessments:quality-list", staff, "/quality/?kind=none&state=draft"),
    ]


def _sender(portal: Portal, assessment: str) -> str:
    return _one(
        portal,
        "SELECT u.email FROM assessments_assessment a JOIN signatories_user u"
        f" ON u.id = a.sent_by_id WHERE a.id = {assessment}",
    )


def _of_imports(portal: Portal, administrator: str) -> list[Visit]:
    """Every partner list that was uploaded, in whatever state; the first is the demonstration's."""
    rows = portal.query("SELECT id FROM signatories_partnerimport ORDER BY id")
    lists = [f"/administration/imports/{row[0]}/" for row in rows]
    kinds = [f"{lists[0]}?kind={kind}" for kind in ("changed", "unchanged", "refused")]
    asked = portal.query("SELECT partner_import_id FROM signatories_importrow WHERE needs_tick")
    chosen = f"/administration/imports/{asked[0][0] if asked else rows[0][0]}/choices/"
    return [
        *(Visit("signatories:import-detail", administrator, path) for path in [*lists, *kinds]),
        Visit("signatories:import-choose", administrator, chosen),
    ]


def _of_support(portal: Portal) -> list[Visit]:
    """What partners asked for, as both sides see it, the offers, and whom others may contact."""
    staff, lead = "staff@ecda.example", "lead@braintree.example"
    asked = portal.query(
        "SELECT r.id, u.email FROM assessments_supportrequest r"
        " JOIN signatories_user u ON u.id = r.asked_by_id ORDER BY r.id"
    )
    offer = _one(portal, "SELECT min(id) FROM commitments_supportoffer")
    return [
        Visit("assessments:support-queue", staff, "/support/"),
        Visit("assessments:support-queue", staff, "/support/?state=declined&urgency=x"),
        Visit("assessments:support-detail", staff, f"/support/{asked[0][0]}/"),
        Visit("assessments:support-detail", str(asked[0][1]), f"/support/{asked[0][0]}/"),
        Visit("assessments:support-detail", staff, f"/support/{asked[-1][0]}/"),
        Visit("assessments:offer-list", lead, "/support/offers/"),
        Visit("assessments:offer-detail", lead, f"/support/offers/{offer}/"),
        Visit("assessments:offer-detail", staff, f"/support/offers/{offer}/"),
        Visit("assessments:support-list", lead, f"{PARTNER}/support/"),
        Visit("assessments:support-ask", lead, f"{PARTNER}/support/ask/"),
        Visit("assessments:contact-edit", lead, f"{PARTNER}/contact/"),
    ]


def _of_rounds(portal: Portal, staff: str) -> list[Visit]:
    """What ecda sees of the open round, and of a partner that has not finished."""
    slug = _one(portal, OPEN_ROUND)
    plan = _one(portal, "SELECT slug FROM assessments_round WHERE opened_at IS NULL LIMIT 1")
    steps = [(slug, "dates"), (slug, "close"), (plan, "open"), (plan, "drop")]
    path, draft = f"/rounds/{slug}/", _assessment(portal, "draft")
    return [
        Visit("assessments:round-detail", staff, path),
        Visit("assessments:round-detail", staff, f"{path}?state=draft"),
        *(Visit(f"assessments:round-{each}", staff, f"/rounds/{of}/{each}/") for of, each in steps),
        Visit("assessments:round-edit", staff, f"/rounds/{plan}/plan/"),
        Visit("assessments:release-create", staff, f"{path}release/"),
        Visit("assessments:assessment-extend", staff, f"/assessments/{draft}/extend/"),
    ]


def _of_messages(portal: Portal) -> list[Visit]:
    """What went, and which e-mails a person gets."""
    staff, lead = "staff@ecda.example", "lead@braintree.example"
    letter = _one(portal, "SELECT max(id) FROM signatories_letter")
    message = _one(portal, "SELECT max(id) FROM signatories_message")
    reader = _one(portal, f"SELECT id FROM signatories_user WHERE email = '{lead}'")
    token = unsubscribe_token(User(pk=int(reader)))
    return [
        Visit("signatories:message-list", staff, "/messages/"),
        Visit("signatories:message-list", staff, "/messages/?search=nobody&kind=spam"),
        Visit("signatories:message-detail", staff, f"/messages/{message}/"),
        Visit("signatories:letter-list", staff, "/letters/"),
        Visit("signatories:letter-detail", staff, f"/letters/{letter}/"),
        Visit("signatories:subscription", lead, "/your-emails/"),
        Visit("signatories:unsubscribe", "", f"/unsubscribe/{token}/"),
        Visit("404", "", "/unsubscribe/unknown/"),
    ]


def _of_ecda(portal: Portal) -> list[Visit]:
    staff, administrator = "staff@ecda.example", "administrator@ecda.example"
    submitted, accepted = _assessment(portal, "submitted"), _assessment(portal, "accepted")
    locked = f"SELECT max(id) FROM assessments_answer WHERE assessment_id = {accepted}"
    person = _one(portal, f"SELECT id FROM signatories_user WHERE email = '{staff}'")
    signature = f"{SIGNED}/signatures/{_signature(portal, SIGNED)}/"
    paper = f"/administration{PARTNER}/paper-signature/"
    return [
        Visit("progress:overview", staff, "/overview/"),
        Visit("assessments:reminder-list", staff, "/reminders/"),
        Visit("assessments:letter-write", staff, "/letters/write/"),
        Visit("progress:partner-timeline", staff, f"{PARTNER}/timeline/"),
        Visit("progress:assessment-timeline", staff, f"/assessments/{submitted}/timeline/"),
        Visit("progress:heatmap", staff, "/heatmap/"),
        Visit("progress:heatmap", staff, "/heatmap/?kind=university"),
        Visit("progress:failed-job-list", staff, "/failed/"),
        Visit("signatories:signature-list", staff, f"{SIGNED}/signatures/"),
        Visit("signatories:signature-detail", staff, signature),
        Visit("signatories:signature-withdraw", "leader@basildon.example", f"{signature}withdraw/"),
        Visit("signatories:paper-signature", administrator, paper),
        Visit("progress:partner-home", staff, f"{SIGNED}/"),
        Visit("assessments:review-queue", staff, "/reviews/"),
        Visit("assessments:review-detail", staff, f"/assessments/{submitted}/review/"),
        Visit("assessments:review-detail", staff, f"/assessments/{accepted}/review/"),
        Visit("assessments:answer-edit", staff, f"/answers/{_one(portal, locked)}/"),
        Visit("assessments:round-list", staff, "/rounds/"),
        Visit("assessments:round-plan", staff, "/rounds/plan/"),
        *_of_rounds(portal, staff),
        *_of_messages(portal),
        Visit("signatories:person-list", administrator, "/administration/people/"),
        Visit("signatories:person-list", administrator, "/administration/people/?search=nobody"),
        Visit("signatories:person-add", administrator, "/administration/people/add/"),
        Visit("signatories:person-detail", administrator, f"/administration/people/{person}/"),
        Visit("signatories:partner-list", administrator, "/administration/partners/"),
        Visit("signatories:partner-list", administrator, "/administration/partners/?q=nobody"),
        Visit("signatories:partner-import", administrator, "/administration/partners/import/"),
        *_of_imports(portal, administrator),
        Visit("account_logout", administrator, "/accounts/logout/"),
    ]
