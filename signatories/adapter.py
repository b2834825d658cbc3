"""allauth's rules for this portal: nobody signs up, people are added by those who may."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from declaration.accounts import ERROR_WORDS
from declaration.actions import RefusedError
from signatories.actions.people import note_sign_in

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type information
    """Sign-up is closed: a person exists because somebody added them."""

    error_messages = DefaultAccountAdapter.error_messages | ERROR_WORDS

    def is_open_for_signup(self, request: Any) -> bool:
        """Nobody may make an account for themselves."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand over an account e-mail at once; say so in words when the mail server is away."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            logger.warning("no account e-mail handed over: %s", error)
            raise RefusedError(
                "We cannot send e-mail at the moment. Try again in a few minutes."
            ) from error

    def post_login(self, request: Any, user: Any, **details: Any) -> Any:
        """Append every sign-in to the timeline, whichever way it was made."""
        response = super().post_login(request, user, **details)
        note_sign_in(by=user)
        return response
