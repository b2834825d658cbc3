"""allauth's rules for this portal: nobody signs up, people are added by those who may."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from declaration.accounts import ERROR_WORDS


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type information
    """Sign-up is closed: a person exists because somebody added them."""

    error_messages = DefaultAccountAdapter.error_messages | ERROR_WORDS

    def is_open_for_signup(self, request: Any) -> bool:
        """Nobody may make an account for themselves."""
        return False
