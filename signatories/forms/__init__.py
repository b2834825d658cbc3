"""Is the input well-formed: people, signatures, certificates’ numbers, partner lists."""

from signatories.forms.lists import MAX_LIST_BYTES, PartnerListForm
from signatories.forms.members import ROLE_HINTS, InvitationForm, NewPersonForm, RoleForm
from signatories.forms.partners import PartnerFilterForm
from signatories.forms.public import CertificateCheckForm, CertificateFileForm, RegisterForm
from signatories.forms.signing import (
    ConfirmedForm,
    PaperSignatureForm,
    SignatureForm,
    WithdrawalForm,
)

__all__ = [
    "MAX_LIST_BYTES",
    "ROLE_HINTS",
    "CertificateCheckForm",
    "CertificateFileForm",
    "ConfirmedForm",
    "InvitationForm",
    "NewPersonForm",
    "PaperSignatureForm",
    "PartnerFilterForm",
    "PartnerListForm",
    "RegisterForm",
    "RoleForm",
    "SignatureForm",
    "WithdrawalForm",
]
