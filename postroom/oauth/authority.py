"""Authority: where an access token comes from, and what has to be asked for. Pure."""

from dataclasses import dataclass

MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
# https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
PERSON_AT_MICROSOFT = (
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
)
APPLICATION_AT_MICROSOFT = "https://outlook.office365.com/.default"
GOOGLE = "https://mail.google.com/"  # https://developers.google.com/workspace/gmail/imap/xoauth2-protocol


@dataclass(frozen=True, slots=True)
class Authority:
    """The addresses of a provider; "" for one that it does not have."""

    token_url: str
    scope: str
    device_url: str = ""  # RFC 8628: a person types a code elsewhere
    authorize_url: str = ""  # RFC 8252: a browser on this machine


def microsoft(tenant: str, *, application: bool) -> Authority:
    """`tenant`: the id, or a domain, of the organisation."""
    at = MICROSOFT.format(tenant=tenant)
    if application:
        return Authority(f"{at}/token", APPLICATION_AT_MICROSOFT)
    return Authority(f"{at}/token", PERSON_AT_MICROSOFT, device_url=f"{at}/devicecode")


def google() -> Authority:
    """Its device flow lets nobody ask for mail, which is why there is no `device_url`."""
    return Authority(
        "https://oauth2.googleapis.com/token", GOOGLE, authorize_url="https://accounts.google.com/o/oauth2/v2/auth"
    )
