"""A case's life by a generated client. Run as ``life.py URL TOKEN FOLDER_OF_THE_CLIENT``; prints
what happened as JSON."""

# ruff: noqa: E402 - the client is where the caller says
# mypy: ignore-errors
import json
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO

URL, TOKEN, FOLDER = sys.argv[1:4]
sys.path.insert(0, FOLDER)

from desk_client import AuthenticatedClient
from desk_client.api.acts import (
    act_acknowledge,
    act_close,
    act_confirmed,
    act_keep_promise,
    act_make_promise,
    act_note_done,
    act_tell_manager,
    act_told,
)
from desk_client.api.by_hand import log_contact
from desk_client.api.cases import acknowledge_cases, list_cases, show_case
from desk_client.api.complaints import change_complaint, show_complaint
from desk_client.api.drafts import show_draft, show_guidance
from desk_client.api.import_ import import_mails
from desk_client.api.score import score
from desk_client.api.verdicts import give_verdict
from desk_client.models import (
    BodyAcknowledgeCases,
    Confirmed,
    ContactIn,
    Fault,
    How,
    ImportMailsFormatType0,
    KeepPromise,
    MakePromise,
    NoteDone,
    RecordChange,
    StaleProblem,
    Step,
    Taking,
    TextIn,
    Told,
    VerdictIn,
)
from desk_client.types import File

client = AuthenticatedClient(base_url=URL, token=TOKEN)
said = {}

page = list_cases.sync(client=client)
case = page.items[0]
said["queue"] = [one.reference for one in page.items]

seen = show_case.sync_detailed(case.id, client=client)
tag = seen.headers["etag"]
mail = seen.parsed.mails[0]
said["next"] = seen.parsed.now.next_[0]
taken = act_acknowledge.sync_detailed(case.id, client=client, if_match=tag, idempotency_key="k1")
again = act_acknowledge.sync_detailed(case.id, client=client, if_match=tag, idempotency_key="k1")
said["once"] = taken.content == again.content

late = act_note_done.sync_detailed(case.id, client=client, if_match='"1"', body=NoteDone(done="x"))
said["stale"] = isinstance(late.parsed, StaleProblem) and late.parsed.theirs["case"]["owner"]

give_verdict.sync(mail.id, "angry", client=client, body=VerdictIn(right=True))
guide = show_guidance.sync(case.id, client=client)
draft = show_draft.sync(case.id, Step(guide.drafts[0]), client=client)
said["draft"] = case.reference in draft.subject + draft.text

record = show_complaint.sync_detailed(case.id, client=client)
change_complaint.sync(
    case.id,
    client=client,
    if_match=record.headers["etag"],
    body=RecordChange(happened="Waited in vain.", fault=Fault.OURS),
)
soon = datetime.now(UTC) + timedelta(hours=3)
anyhow = {"client": client, "if_match": "*"}
act_make_promise.sync(case.id, body=MakePromise(what="A call", due=soon), **anyhow)
act_keep_promise.sync(case.id, body=KeepPromise(number=1), **anyhow)
act_note_done.sync(case.id, body=NoteDone(done="Refunded."), **anyhow)
act_tell_manager.sync(case.id, **anyhow)
act_told.sync(case.id, body=Told(), **anyhow)
act_confirmed.sync(case.id, body=Confirmed(note="Works."), **anyhow)
closed = act_close.sync(case.id, **anyhow)
said["status"] = str(closed.status)

call = log_contact.sync(
    client=client, body=ContactIn(how=How.CALL, words="I rage!", name="Sam", severity="high")
)
many = acknowledge_cases.sync(
    client=client, body=BodyAcknowledgeCases(cases=[Taking(id=call.case)])
)
said["taken"] = many.items[0].done
said["tone"] = score.sync(client=client, body=TextIn(text="I rage at you.")).tone is not None
brought = import_mails.sync(
    client=client,
    body=File(payload=BytesIO(b"From: a@x.example\nSubject: x\n\nHello\n")),
    format_=ImportMailsFormatType0.EML,
)
said["import"] = str(brought.state)
print(json.dumps(said))
