"""The account library's forms and errors in house wording; the library stays as it is."""

from collections.abc import Mapping
from typing import Any

from allauth.account import app_settings
from allauth.account import forms as stock
from django import forms
from django.utils.functional import Promise

EMAIL = "E-mail address"
# For the adapter: error_messages = DefaultAccountAdapter.error_messages | ERROR_WORDS
ERROR_WORDS: Mapping[str, str] = {
    "account_inactive": "This account is not in use",
    "email_password_mismatch": "The e-mail address or the password is not right",
    "enter_current_password": "The current password is not right",
    "incorrect_code": "The code is not right. Use the one in our latest e-mail to you",
    "incorrect_password": "The password is not right",
    "invalid_password_reset": "This link was used before or is too old",
    "rate_limited": "You have tried too often. Wait five minutes, then try again",
    "too_many_login_attempts": "You have tried too often. Wait five minutes, then try again",
}
MISMATCH = "Both passwords must be the same"


def reword(field: forms.Field, label: str, required: str, help_text: str = "") -> None:
    """Give a field of the library our words; its help would put a link into the hint."""
    field.label = label
    field.help_text = help_text
    field.error_messages["required"] = required


class LoginForm(stock.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["login"], EMAIL, "Enter your e-mail address")
        reword(self.fields["password"], "Password", "Enter your password")


class RequestLoginCodeForm(stock.RequestLoginCodeForm):
    """Where to send a sign-in code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["email"], EMAIL, "Enter your e-mail address")


class ConfirmLoginCodeForm(stock.ConfirmLoginCodeForm):
    """The code from the e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["code"], "Sign-in code", "Enter the code from our e-mail")
        looks = {"class": "govuk-input--width-10", "spellcheck": "false"}
        self.fields["code"].widget.attrs.update(looks)

    @property
    def minutes(self) -> int:
        """How long the code works."""
        return int(app_settings.LOGIN_BY_CODE_TIMEOUT) // 60


class ResetPasswordForm(stock.ResetPasswordForm):
    """Where to send the link to a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["email"], EMAIL, "Enter your e-mail address")


class NewPasswordWords:
    """What the forms that set a password have in common."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "At least 12 characters, for example three words that nobody would expect together"
        reword(self.fields["password1"], "New password", "Enter a new password", hint)
        again = "Enter the new password a second time"
        reword(self.fields["password2"], "New password, a second time", again)

    def add_error(self, field: str | None, error: Any) -> None:
        """Say in our words that the second password differs."""
        differs = field == "password2" and isinstance(error, str | Promise)
        super().add_error(field, MISMATCH if differs else error)  # type: ignore[misc]  # a mixin of forms


class ResetPasswordKeyForm(NewPasswordWords, stock.ResetPasswordKeyForm):
    """A new password, from the link in the e-mail."""


class ChangePasswordForm(NewPasswordWords, stock.ChangePasswordForm):
    """A new password in place of the current one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        required = "Enter your current password"
        reword(self.fields["oldpassword"], "Current password", required)


class ReauthenticateForm(stock.ReauthenticateForm):
    """The password once more before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["password"], "Password", "Enter your password")
