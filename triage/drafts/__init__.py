"""Drafts of what to write to an upset customer, the check they must pass, and guidance.

Pure, and nothing here can send anything: a person reads a draft, edits it and sends it.
"""

from triage.drafts.book import Drafts
from triage.drafts.check import faults
from triage.drafts.facts import AtFault, Commitment, DraftFacts, Step
from triage.drafts.fault import Fault, Kind
from triage.drafts.gather import Known, gathered, internal_notes
from triage.drafts.guide import Advice, Around, Aside, Guidance, Guide, Stage, guidance
from triage.drafts.guide_load import load_guide
from triage.drafts.load import load
from triage.drafts.write import Draft, drafted

__all__ = [
    "Advice",
    "Around",
    "Aside",
    "AtFault",
    "Commitment",
    "Draft",
    "DraftFacts",
    "Drafts",
    "Fault",
    "Guidance",
    "Guide",
    "Kind",
    "Known",
    "Stage",
    "Step",
    "drafted",
    "faults",
    "gathered",
    "guidance",
    "internal_notes",
    "load",
    "load_guide",
]
