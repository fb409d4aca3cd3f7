"""Attributions: the lines with which mail programs introduce what they quote or forward. Tables; never decides."""

import re
from enum import StrEnum


class Role(StrEnum):
    """What a line of a quoted mail's headers names."""

    FROM = "from"
    SENT = "sent"
    TO = "to"
    SUBJECT = "subject"


_LABELS = {
    Role.FROM: "from|von|de|da|van|från|fra|lähettäjä|od|от|від|από|kimden|feladó|expéditeur|remitente|mittente|afzender|"
    "avsändare|avsender|afsender|odesílatel|nadawca|expeditor|发件人|寄件者|差出人|送信元|보낸 사람|보낸사람",
    Role.SENT: "sent|date|gesendet|datum|envoyé|enviado|enviada|fecha|inviato|data|verzonden|skickat|sendt|dato|lähetetty|"
    "päivämäärä|wysłano|odesláno|отправлено|дата|надіслано|ημερομηνία|gönderilme|gönderildi|tarih|elküldve|küldve|"
    "trimis|发送时间|日期|寄件日期|送信日時|日付|날짜|enviado el|enviada em|enviado em|envoyé le|gesendet am|보낸 날짜",
    Role.TO: "to|an|à|para|a|aan|till|til|vastaanottaja|do|komu|кому|προς|kime|címzett|către|destinataire|destinatario|"
    "收件人|宛先|받는사람|받는 사람",
    Role.SUBJECT: "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|тема|θέμα|konu|"
    "tárgy|subiect|主题|主旨|件名|제목",
}
ROLES = {label: role for role, labels in _LABELS.items() for label in labels.split("|")}

# Two dashes at least before and after.
_ORIGINALS = (
    "original message|original appointment|reply message|ursprüngliche nachricht|originalnachricht|original-nachricht|"
    "ursprünglicher termin|antwort|message d'origine|message original|message initial|mensaje original|"
    "messaggio originale|messaggio originario|oorspronkelijk bericht|mensagem original|wiadomość oryginalna|"
    "oryginalna wiadomość|исходное сообщение|originalmeddelande|ursprungligt meddelande|ursprungsmeddelande|"
    "oprindelig meddelelse|original meddelelse|opprinnelig melding|alkuperäinen viesti|původní zpráva|eredeti üzenet|"
    "özgün ileti|orijinal mesaj|mesaj original|оригінальне повідомлення|原始邮件|邮件原件|元のメッセージ|원본 메시지"
)
_FORWARDS = (
    "forwarded message|forwarded by|forwarded mail|forwarded email|weitergeleitete nachricht|weitergeleitet von|"
    "message transféré|message transmis|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht|"
    "mensagem encaminhada|mensagem reencaminhada|wiadomość przekazana dalej|treść przekazanej wiadomości|"
    "пересылаемое сообщение|пересланное сообщение|vidarebefordrat meddelande|videresendt meddelelse|"
    "videresendt melding|videresendt besked|välitetty viesti|edelleenlähetetty viesti|přeposlaná zpráva|"
    "továbbított üzenet|iletilmiş mesaj|转发的邮件|転送メッセージ|전달된 메시지"
)
_APPLE_FORWARDS = (
    "begin forwarded message|anfang der weitergeleiteten nachricht|début du message transféré|début du message réexpédié|"
    "inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|"
    "início da mensagem reencaminhada|início da mensagem encaminhada|początek przekazywanej wiadomości|"
    "начало переадресованного сообщения|vidarebefordrat brev|videresendt besked|start på videresendt melding|"
    "välitetty viesti alkaa"
)
ORIGINAL = re.compile(rf"[ \t*]*-{{2,}}[ \t]*(?:{_ORIGINALS})[ \t]*-{{2,}}[ \t*]*", re.IGNORECASE)
FORWARD = re.compile(
    rf"[ \t*]*-{{2,}}[ \t]*(?:{_FORWARDS})\b[^\n]{{0,100}}|[ \t*]*(?:{_APPLE_FORWARDS})[ \t]*[:：][ \t*]*",
    re.IGNORECASE,
)
RULE = re.compile(r"[ \t]*[_\-=*]{5,}[ \t]*")
RULES = ("--", "__", "==", "*")  # how a separator begins

# "On … wrote:", by the words that end it; some languages put the name after the verb.
VERBS = (
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "écrivait",
    "escribió",
    "escribio",
    "ha scritto",
    "scrive",
    "schreef",
    "geschreven",
    "escreveu",
    "napisał",
    "napisała",
    "napisal",
    "pisze",
    "написал",
    "написала",
    "пишет",
    "написав",
    "пише",
    "skrev",
    "kirjoitti",
    "napsal",
    "ezt írta",
    "yazdı",
    "a scris",
    "έγραψε",
    "写道",
    "寫道",
    "のメール",
    "작성",
)
STARTS = frozenset(
    [
        "on",
        "am",
        "le",
        "el",
        "il",
        "op",
        "em",
        "w",
        "dne",
        "den",
        "dnia",
        "a",
        "în",
        "la",
        "tis",
        "στις",
        "pe",
        "på",
        "den",
        "vào",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
    ],
)
MOMENT = re.compile(r"\d{1,4}[./-]\d|\d{1,2}[:.h]\d\d|(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[日월]")

_SENT_FROM = (
    r"(?:sent|get|send) (?:from|via|with|using) (?:my |the )?[^\n]{1,40}|"
    r"(?:von meinem|gesendet (?:von|mit)|diese nachricht wurde von meinem)[^\n]{1,60}|"
    r"envoyé (?:de|depuis|à partir de)[^\n]{1,50}|enviado (?:desde|do|a partir do|de)[^\n]{1,50}|"
    r"inviato (?:da|dal)[^\n]{1,50}|ver(?:zonden|stuurd) (?:vanaf|vanuit|met|via)[^\n]{1,50}|"
    r"wysłan[eo] z[^\n]{1,50}|отправлено с[^\n]{1,50}|skickat från[^\n]{1,50}|sendt fra[^\n]{1,50}|"
    r"lähetetty[^\n]{1,50}|odesláno z[^\n]{1,50}|(?:[^\W\d]{1,12} ){0,2}outlook (?:for|für|pour|para|per|voor) (?:ios|android)[^\n]{0,40}"
)
_DEVICE = r"iphone|ipad|ipod|android|galaxy|samsung|huawei|xiaomi|blackberry|outlook|mail|mobil|handy|phone|smartphone|yahoo|proton|gmx|windows|telefon|puhelim"
# The first words of the above, so that the pattern is tried on few lines.
SENT_STARTS = frozenset(
    [
        "sent",
        "get",
        "send",
        "von",
        "gesendet",
        "diese",
        "envoyé",
        "enviado",
        "inviato",
        "verzonden",
        "verstuurd",
        "wysłane",
        "wysłano",
        "отправлено",
        "skickat",
        "sendt",
        "lähetetty",
        "odesláno",
    ],
)
SENT_FROM = re.compile(rf"[ \t*_]*(?=[^\n]{{0,80}}(?:{_DEVICE}))(?:{_SENT_FROM})[ \t*_.]*", re.IGNORECASE)
