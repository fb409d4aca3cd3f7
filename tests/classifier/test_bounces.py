"""What a bounce says: for whom, for good or not, by which code and why, in the words of many mailers; and what only looks like one."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.reading import read
from classifier.saying import of_bounce
from classifier.undelivered import bounce_of, returned
from classifier.verdict import PERSON, Bounce, Kind, Lasting
from inbound.message import Address, Message, Report
from inbound.parse import parse
from tests.classifier.judging import MAILS, judge, mail

GONE = "gone@example.org"
ID = "<m77@example.com>"
DAEMON = Address("mailer-daemon@mx.example.org", "Mail Delivery System")
PERMANENT, TEMPORARY, DELAYED, UNKNOWN = Lasting.PERMANENT, Lasting.TEMPORARY, Lasting.DELAYED, Lasting.UNKNOWN
COPY = f"Return-Path: <support@example.com>\nReceived: by mx.example.com\nMessage-ID: {ID}\nSubject: Your catalog\n"


def bounce(
    subject: str, text: str, sender: Address | None = DAEMON, path: str | None = "", *headers: tuple[str, str]
) -> Message:
    from_ = (sender,) if sender else ()
    return mail(text, sender.addr if sender else "", *headers, subject=subject, from_=from_, return_path=path)


# mailer: (From, subject, text, lasting, status, code, words of the reason)
SHAPES: dict[str, tuple[str, str, str, Lasting, str, int | None, str]] = {
    "qmail": (
        "MAILER-DAEMON@mx.example.net",
        "failure notice",
        (
            "Hi. This is the qmail-send program at mx.example.net.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{GONE}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
        ),
        PERMANENT,
        "5.1.1",
        None,
        "no mailbox here",
    ),
    "qmail, in the queue too long": (
        "MAILER-DAEMON@mx.example.net",
        "failure notice",
        (
            "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the "
            "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{GONE}>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
            "I'm not going to try again; this message has been in the queue too long.\n\n--- Below this line is a copy of the message.\n\n"
        ),
        TEMPORARY,
        "4.4.1",
        None,
        "SMTP connection",
    ),
    "exim": (
        "Mailer-Daemon@host.example.net",
        "Mail delivery failed: returning message to sender",
        (
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
            "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
            f"  {GONE}\n    host mx.example.org [192.0.2.9]\n    SMTP error from remote mail server after RCPT TO:<{GONE}>:\n"
            "    550 No Such User Here\n\n------ This is a copy of the message, including all the headers. ------\n\n"
        ),
        PERMANENT,
        "",
        550,
        "No Such User Here",
    ),
    "exim, no route": (
        "Mailer-Daemon@host.example.net",
        "Mail delivery failed: returning message to sender",
        (
            "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
            f"The following address(es) failed:\n\n  {GONE}\n    Unrouteable address\n\n------ This is a copy of the message ------\n\n"
        ),
        PERMANENT,
        "",
        None,
        "Unrouteable address",
    ),
    "exim, retry time": (
        "Mailer-Daemon@host.example.net",
        "Mail delivery failed: returning message to sender",
        (
            "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
            f"The following address(es) failed:\n\n  {GONE}\n    SMTP error from remote mail server after RCPT TO:<{GONE}>:\n"
            "    451 4.7.1 Greylisting in action: retry timeout exceeded\n\n"
        ),
        TEMPORARY,
        "4.7.1",
        451,
        "Greylisting",
    ),
    "exim, warning": (
        "Mailer-Daemon@host.example.net",
        "Warning: message 1qX2aB-0003 delayed 24 hours",
        (
            "A message that you sent has not been delivered to one or more of its\nrecipients after more than 24 hours on "
            f"the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  {GONE}\n\nNo action is required "
            "on your part. Delivery attempts will continue for\nsome time.\n\n"
        ),
        DELAYED,
        "",
        None,
        "",
    ),
    "postfix, a copy without a report": (
        "MAILER-DAEMON@mx.example.net",
        "Undelivered Mail Returned to Sender",
        (
            "This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n"
            f"                   The mail system\n\n<{GONE}>: host mx.example.org[192.0.2.9] said: 550 5.1.1\n    <{GONE}>: Recipient "
            "address rejected: User unknown in virtual mailbox table\n    (in reply to RCPT TO command)\n\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "User unknown in virtual mailbox table",
    ),
    "sendmail": (
        "MAILER-DAEMON@mx.example.net",
        "Returned mail: see transcript for details",
        (
            "The original message was received at Wed, 2 Dec 2026 09:00:00 +0100\nfrom mail.example.com [192.0.2.1]\n\n"
            f"   ----- The following addresses had permanent fatal errors -----\n<{GONE}>\n    (reason: 550 5.1.1 User unknown)\n\n"
            "   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> DATA\n<<< 550 5.1.1 User unknown\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "User unknown",
    ),
    "exchange 2003": (
        "postmaster@mail.example.net",
        "Undeliverable: Your catalog",
        (
            "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tYour catalog\n      Sent:\t12/2/2026 "
            f"9:00 AM\n\nThe following recipient(s) could not be reached:\n\n      {GONE} on 12/2/2026 9:01 AM\n"
            "            The e-mail account does not exist at the organization this message was sent to.\n"
            "            <mail.example.net #5.1.1>\n"
        ),
        PERMANENT,
        "5.1.1",
        None,
        "5.1.1",
    ),
    "exchange 2010": (
        "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mail.example.net",
        "Undeliverable: Your catalog",
        (
            f"Delivery has failed to these recipients or groups:\n\n{GONE}\nThe e-mail address you entered couldn't be found. Please "
            "check the recipient's e-mail address and try to resend the message.\n\nDiagnostic information for administrators:\n\n"
            f"Generating server: mail.example.net\n\n{GONE}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\n"
            "Original message headers:\n\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "RecipNotFound",
    ),
    "microsoft 365": (
        "postmaster@mail.example.net",
        "Undeliverable: Your catalog",
        (
            f"Your message to {GONE} couldn't be delivered.\n\ngone wasn't found at example.org.\n\nsupport\tOffice 365\tgone\n\n"
            f"Unknown To address\n\nOriginal Message Details\nCreated Date:\t12/2/2026 9:00:00 AM\nRecipient Address:\t{GONE}\n\n"
            "Error Details\nReported error:\t550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n"
        ),
        PERMANENT,
        "5.1.10",
        550,
        "RecipientNotFound",
    ),
    "gmail": (
        "mailer-daemon@googlemail.example.net",
        "Delivery Status Notification (Failure)",
        (
            f"** Address not found **\n\nYour message wasn't delivered to {GONE} because the address couldn't be found, or is unable "
            "to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 The email account that you tried to reach does not "
            "exist. Learn more at https://support.example.net/?p=NoSuchUser\n\n----- Original message -----\n\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "does not exist",
    ),
    "gmail, full": (
        "mailer-daemon@googlemail.example.net",
        "Delivery Status Notification (Failure)",
        (
            f"** Recipient inbox full **\n\nYour message couldn't be delivered to {GONE}. Their inbox is full, or it's getting too much "
            "mail right now.\n\nThe response was:\n452 4.2.2 The email account that you tried to reach is over quota.\n"
        ),
        TEMPORARY,
        "4.2.2",
        452,
        "over quota",
    ),
    "domino": (
        "Postmaster@example.net",
        f"DELIVERY FAILURE: User gone ({GONE}) not listed in Domino Directory",
        (
            f"Your message\n\n  Subject: Your catalog\n\nwas not delivered to:\n\n  {GONE}\n\nbecause:\n\n  User gone ({GONE}) not "
            "listed in Domino Directory\n"
        ),
        PERMANENT,
        "",
        None,
        "not listed in Domino Directory",
    ),
    "groupwise": (
        "Mailer-Daemon@gw.example.net",
        "Message status - undeliverable",
        (
            f"The message that you sent was undeliverable to the following:\n\t{GONE} (550 5.1.1 User unknown)\n\n"
            "Possibly truncated original message follows:\n\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "User unknown",
    ),
    "yahoo": (
        "mailer-daemon@yahoo.example.net",
        "Failure Notice",
        (
            f"Sorry, we were unable to deliver your message to the following address.\n\n<{GONE}>:\n554: delivery error: dd This user "
            "doesn't have a yahoo.com account (gone@example.org) [0] - mta1.example.net\n\n--- Original message follows.\n\n"
        ),
        PERMANENT,
        "",
        554,
        "delivery error",
    ),
    "mail.ru": (
        "mailer-daemon@corp.example.net",
        "Ваше сообщение не доставлено. Mail failure.",
        (
            "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может\n"
            f"быть доставлено одному или нескольким получателям:\n\n**********************\n\n{GONE}\n    host mx.example.org [192.0.2.9]: "
            f"550 5.1.1 <{GONE}>: User unknown\n\n**********************\n\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "User unknown",
    ),
    "yandex": (
        "mailer-daemon@yandex.example.net",
        "Недоставленное сообщение",
        (
            "Это письмо отправлено почтовым сервером yandex.example.net.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше "
            "письмо не может\nбыть отправлено одному или нескольким адресатам.\n\nПожалуйста, не отвечайте на это сообщение.\n\n"
            f"<{GONE}>: host mx.example.org[192.0.2.9] said: 552 5.2.2 Mailbox size limit exceeded (in reply to end of DATA command)\n"
        ),
        PERMANENT,
        "5.2.2",
        552,
        "Mailbox size limit exceeded",
    ),
    "qq": (
        "PostMaster@qq.example.net",
        "来自qq.example.net的退信",
        (
            f"尊敬的用户:\n\n您好，您的邮件发送失败。\n\n无法发送到 {GONE}\n\n退信原因\t收件人邮件地址不存在，邮件无法送达。\n"
            "host mx.example.org said: 550 Mailbox not found\n"
        ),
        PERMANENT,
        "",
        550,
        "Mailbox not found",
    ),
    "163": (
        "Postmaster@163.example.net",
        "系统退信/The email is returned",
        f"抱歉，您的邮件被退回来了……\n\n原邮件信息：\n收件人：{GONE}\n\n退信原因：\n英文说明: SMTP error, RCPT TO: 550 User not found: {GONE}\n",
        PERMANENT,
        "",
        550,
        "User not found",
    ),
    "gmx": (
        "mailer-daemon@gmx.example.net",
        "Mail delivery failed: returning message to sender",
        (
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\n"
            "one or more of its recipients. This is a permanent error.\nThe following address failed:\n\n"
            f"{GONE}:\nSMTP error from remote server for RCPT TO command, host: mx.example.org (192.0.2.9) reason: 550 5.1.1 unknown\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "unknown",
    ),
    "t-online": (
        "MAILER-DAEMON@t-online.example.net",
        "Returned mail: User unknown",
        (
            f"|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n"
            f"|------------------------- Failed addresses follow: ---------------------|\n <{GONE}> ... unknown user\n"
            "|------------------------- Message header follows: ----------------------|\n"
        ),
        PERMANENT,
        "",
        None,
        "unknown user",
    ),
    "la poste": (
        "MAILER-DAEMON@laposte.example.net",
        "Message non distribué",
        (
            f"Bonjour,\n\nVotre message n'a pas pu être remis à l'adresse suivante :\n\n<{GONE}> : Adresse inconnue\n\nCeci est un message "
            "automatique, merci de ne pas y répondre.\n"
        ),
        PERMANENT,
        "",
        None,
        "Adresse inconnue",
    ),
    "libero": (
        "MAILER-DAEMON@libero.example.net",
        "Mail System Error - Returned Mail",
        (
            "This Message was undeliverable due to the following reason:\n\nEach of the following recipients was rejected by a remote "
            f"mail server.\nThe reasons given by the server are included to help you determine why\neach recipient was rejected.\n\n"
            f"    Recipient: <{GONE}>\n    Reason:    550 5.1.1 User unknown\n\n\n"
        ),
        PERMANENT,
        "5.1.1",
        550,
        "User unknown",
    ),
    "wp": (
        "MAILER-DAEMON@wp.example.net",
        "Niedostarczona wiadomość",
        f"Wiadomość nie została dostarczona do następujących adresatów:\n\n{GONE}\n  Adres nie istnieje\n",
        PERMANENT,
        "",
        None,
        "Adres nie istnieje",
    ),
    "naver": (
        "mailer-daemon@naver.example.net",
        "[네이버 메일] 메일 발송 실패 안내",
        f"메일이 아래와 같은 이유로 발송되지 못했습니다.\n\n받는사람 : {GONE}\n실패 사유 : 존재하지 않는 사용자입니다. (550 5.1.1)\n",
        PERMANENT,
        "5.1.1",
        550,
        "존재하지",
    ),
    "a mailer of an unknown language": (
        "MAILER-DAEMON@mx.example.net",
        "Posta ez da heldu",
        f"Ezin izan da bidali:\n\n{GONE}\n550 5.1.1 ez dago\n",
        PERMANENT,
        "5.1.1",
        550,
        "ez dago",
    ),
    "an old sendmail that names nobody but in the copy": (
        "MAILER-DAEMON@mx.example.net",
        "Returned mail: Cannot send message for 4 days",
        (
            "   ----- Transcript of session follows -----\n421 example.org (smtp)... Deferred: Connection timed out during user open "
            f"with example.org\n\n   ----- Unsent message follows -----\nReceived: by mx.example.net\nTo: {GONE}\n"
        ),
        TEMPORARY,
        "",
        421,
        "Connection timed out",
    ),
    "Exchange, Turkish, without a code": (
        "postmaster@mx.example.net",
        "Teslim edilemedi: Katalog",
        f"Bu alıcılara veya gruplara teslim başarısız oldu:\n\n{GONE}\nGirdiğiniz e-posta adresi bulunamadı.\n",
        PERMANENT,
        "",
        None,
        "bulunamadı",
    ),
    "Domino, German, without a code": (
        "Postmaster@mx.example.net",
        "Zustellfehler: Benutzer im Domino-Verzeichnis nicht aufgeführt",
        f"konnte nicht zugestellt werden an: {GONE}\nGrund: Benutzer im Domino-Verzeichnis nicht aufgeführt\n",
        PERMANENT,
        "",
        None,
        "nicht aufgeführt",
    ),
    "words without a code": (
        "MAILER-DAEMON@mx.example.net",
        "Mail delivery failed",
        f"Your message could not be delivered to {GONE}.\nThe mailbox is full.\n",
        UNKNOWN,
        "",
        None,
        "",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plain_bounce_says_for_whom_whether_for_good_by_which_code_and_why(shape: str) -> None:
    sender, subject, text, lasting, status, code, reason = SHAPES[shape]
    verdict = judge(bounce(subject, text + COPY, Address(sender)))
    assert verdict.kind is Kind.BOUNCE, verdict.because
    said = verdict.bounce
    assert said
    assert (said.lasting, said.recipients, said.status, said.code) == (lasting, (GONE,), status, code)
    assert reason in said.reason
    assert said.original_message_id == ID
    assert not verdict.answer


# language: (subject in front of the sender's own, first sentence, delay's subject, delay's sentence)
LANGUAGES = {
    "en": ("Undeliverable: ", "Delivery has failed to these recipients or groups:", "Delivery delayed: ", "is delayed"),
    "de": ("Unzustellbar: ", "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:", "Zustellung verzögert: ", "konnte noch nicht zugestellt werden"),
    "fr": ("Non remis : ", "Échec de la remise à ces destinataires ou groupes :", "Remise différée : ", "n'a pas encore été remis"),
    "es": ("No se puede entregar: ", "Error en la entrega a los siguientes destinatarios o grupos:", "Entrega retrasada: ", "todavía no se ha entregado"),
    "it": ("Non recapitabile: ", "Recapito non riuscito per i seguenti destinatari o gruppi:", "Recapito ritardato: ", "non è stato ancora recapitato"),
    "nl": ("Onbestelbaar: ", "De bezorging is mislukt voor de volgende geadresseerden of groepen:", "Bezorging vertraagd: ", "is nog niet bezorgd"),
    "pt": ("Não é possível entregar: ", "A entrega falhou para estes destinatários ou grupos:", "Entrega atrasada: ", "ainda não foi entregue"),
    "pt-BR": ("Não entregue: ", "Falha na entrega a estes destinatários ou grupos:", "Atraso na entrega: ", "ainda não foi entregue"),
    "pl": ("Niedostarczalne: ", "Dostarczenie do następujących adresatów lub grup nie powiodło się:", "Opóźnione dostarczenie: ", "jeszcze nie została dostarczona"),
    "cs": ("Nedoručitelné: ", "Doručení těmto příjemcům nebo skupinám se nezdařilo:", "Zpožděné doručení: ", "zatím nebyla doručena"),
    "sk": ("Nedoručiteľné: ", "Doručenie týmto príjemcom alebo skupinám zlyhalo:", "Oneskorené doručenie: ", "zatiaľ nebola doručená"),
    "hu": ("Kézbesíthetetlen: ", "A kézbesítés a következő címzettek vagy csoportok számára nem sikerült:", "Késleltetett kézbesítés: ", "a kézbesítés késik"),
    "ro": ("Nelivrabil: ", "Livrarea nu a reușit pentru acești destinatari sau grupuri:", "Livrare întârziată: ", "nu a fost încă livrat"),
    "bg": ("Недоставимо: ", "Доставката до тези получатели или групи е неуспешна:", "Забавена доставка: ", "все още не е доставено"),
    "hr": ("Nije moguće isporučiti: ", "Isporuka nije uspjela sljedećim primateljima ili grupama:", "Odgođena isporuka: ", "još nije isporučena"),
    "sv": ("Kan inte leverera: ", "Det gick inte att leverera till följande mottagare eller grupper:", "Försenad leverans: ", "har ännu inte levererats"),
    "da": ("Kan ikke leveres: ", "Levering mislykkedes til disse modtagere eller grupper:", "Forsinket levering: ", "er endnu ikke leveret"),
    "nb": ("Kan ikke leveres: ", "Levering mislyktes til disse mottakerne eller gruppene:", "Forsinket levering: ", "er ennå ikke levert"),
    "fi": ("Ei voi toimittaa: ", "Toimitus seuraaville vastaanottajille tai ryhmille epäonnistui:", "Toimitus viivästynyt: ", "ei ole vielä toimitettu"),
    "et": ("Kohaletoimetamatu: ", "Kohaletoimetamine nurjus järgmistele adressaatidele või rühmadele:", "Kohaletoimetamine viibib: ", "pole veel kohale toimetatud"),
    "ru": ("Недоставлено: ", "Сбой доставки следующим получателям или группам:", "Задержка доставки: ", "ещё не доставлено"),
    "uk": ("Не вдалося доставити: ", "Не вдалося доставити цим одержувачам або групам:", "Затримка доставки: ", "ще не доставлено"),
    "tr": ("Teslim edilemedi: ", "Şu alıcılara veya gruplara teslim edilemedi:", "Teslimat gecikti: ", "henüz teslim edilmedi"),
    "el": ("Δεν ήταν δυνατή η παράδοση: ", "Η παράδοση απέτυχε σε αυτούς τους παραλήπτες ή τις ομάδες:", "Καθυστέρηση παράδοσης: ", "η παράδοση καθυστερεί"),
    "ja": ("配信不能: ", "次の受信者またはグループへの配信に失敗しました:", "配信遅延: ", "まだ配信されていません"),
    "zh-CN": ("未传递: ", "向这些收件人或组传递邮件失败:", "传递延迟: ", "尚未传递"),
    "zh-TW": ("無法傳遞: ", "傳遞至下列收件者或群組失敗:", "傳遞延遲: ", "尚未送達"),
    "ko": ("배달되지 않음: ", "다음 받는 사람 또는 그룹에 배달하지 못했습니다:", "배달 지연: ", "아직 배달되지 않았습니다"),
    "ar": ("غير قابل للتسليم: ", "فشل التسليم إلى هؤلاء المستلمين أو المجموعات:", "تأخر التسليم: ", "لم يتم تسليم رسالتك بعد"),
    "he": ("לא ניתן למסור: ", "המסירה לנמענים או לקבוצות הבאים נכשלה:", "המסירה מתעכבת: ", "טרם נמסרה"),
}  # fmt: skip
EXCHANGE = Address("postmaster@mail.example.net", "Microsoft Outlook")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", None])
def test_exchange_s_bounces_and_delays_in_every_language(language: str, path: str | None) -> None:
    title, sentence, late, waits = LANGUAGES[language]
    failed = judge(bounce(f"{title}Your catalog", f"{sentence}\n\n{GONE}\n\n#550 5.1.1 not found ##\n", EXCHANGE, path))
    assert failed.kind is Kind.BOUNCE, failed.because
    assert failed.bounce
    assert (failed.bounce.lasting, failed.bounce.recipients) == (PERMANENT, (GONE,))
    delayed = judge(bounce(f"{late}Your catalog", f"{waits}\n\n{GONE}\n", EXCHANGE, path))
    assert delayed.kind is Kind.BOUNCE, delayed.because
    assert delayed.bounce
    assert delayed.bounce.lasting is DELAYED


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_quote_forward_and_ask_about_bounces_in_every_language(language: str) -> None:
    title, sentence, late, _ = LANGUAGES[language]
    quote = f"> From: postmaster@mail.example.net\n> {sentence}\n> {GONE}\n> #550 5.1.1 not found ##"
    people = [
        mail(f"{sentence}\n{GONE}\n550 5.1.1 User unknown\n\nWhat do I do now?", subject="Mail problem"),
        mail(f"See below.\n\n{quote}\n", subject=f"Re: {title}Your catalog"),
        mail(f"Can you look at this?\n\n{quote}\n", subject=f"Fwd: {title}Your catalog"),
        mail(f"I got this today: {sentence}", subject=f"{title}Your catalog"),
        mail(f"I got this today: {sentence}", subject=f"{late}Your catalog"),
    ]
    assert [one.subject for one in people if judge(one).kind not in PERSON] == []


PEOPLE = {
    "a postmaster who writes": bounce(
        "Mail to our server", "Hello,\nwe see a 550 5.7.1 in our logs for your mails. Could you check your SPF record?\n\nUwe",
        Address("postmaster@example.org", "Uwe Kranz"), "postmaster@example.org",
    ),
    "a postmaster who answers": bounce(
        "Re: Undeliverable: Your catalog", "That address was closed last year, please use info@.\n\n> 550 5.1.1 User unknown\n",
        Address("postmaster@example.org", "Uwe Kranz"), "postmaster@example.org",
    ),
    "a postmaster who complains": bounce(
        "Undeliverable mails from you",
        "Hello,\nyour server sends us hundreds of mails to users that do not exist. Could you please stop that?\n\nUwe",
        Address("postmaster@example.org", "Uwe Kranz"),
        "postmaster@example.org",
    ),
    "an administrator who tells": bounce(
        "Delivery failed yesterday",
        "We had an outage between nine and ten, so some of your mails were late. All is well again.",
        Address("admin@example.org", "System Administrator Ines"),
        "admin@example.org",
    ),
    "a web form with the null sender": bounce(
        "Delivery failed", "My order was not delivered. Can you tell me where it is?", Address("form@shop.example.org"), ""
    ),
    "a client who pastes a bounce": mail(
        f"My students get this:\n\nDelivery has failed to these recipients: {GONE}\n550 5.1.1 User unknown", subject="Undeliverable"
    ),
    "a client whose subject is a bounce's": mail("Every mail to the registrar comes back. Please help.", subject="Delivery failed"),
    "a client with a forwarded bounce attached": mail(
        "Why does this come back?", subject="Returned mail", returned_id=ID, parts=("multipart/mixed", "text/plain", "message/rfc822")
    ),
}  # fmt: skip


QUESTIONS = {
    "de": ("Mails kommen zurück", 'Seit gestern steht da: "Ihre Nachricht konnte nicht zugestellt werden, unbekannter Empfänger". Prüfen Sie das bitte.'),
    "fr": ("Échec de la remise", "Mes messages reviennent : votre message n'a pas pu être remis, destinataire inconnu. Pouvez-vous vérifier ?"),
    "pl": ("Nie można dostarczyć", "Dostaję zwrotki: wiadomość nie została dostarczona. Proszę o pomoc."),
    "ru": ("Не доставлено", "Письма возвращаются: не удалось доставить, пользователь не найден. Помогите, пожалуйста."),
    "tr": ("Teslim edilemedi", "İletilerim teslim edilemedi diye geri geliyor. Yardımcı olur musunuz?"),
    "ja": ("配信エラー", "メールが配信できませんでしたと戻ってきます。ご確認ください。"),
    "zh": ("退信", "我们发给贵校的邮件被退回，原因是用户不存在。请帮忙查看。"),
    "ko": ("메일 발송 실패", "메일이 반송되었습니다. 확인 부탁드립니다."),
    "ar": ("تعذر التسليم", "تعود رسائلي: لم يتم تسليم رسالتك. أرجو المساعدة."),
    "he": ("לא נמסרה", "ההודעות חוזרות: ההודעה שלך לא נמסרה. תוכלו לבדוק?"),
}  # fmt: skip


def test_the_longer_title_says_whether_it_failed_or_waits() -> None:
    waits = f"Entrega incompleta\n\nHa surgido un problema temporal al entregar tu mensaje a {GONE}."
    for title, lasting in (
        ("Delivery Status Notification (Delay)", DELAYED),
        ("Delivery Status Notification", UNKNOWN),
    ):
        verdict = judge(bounce(title, waits))
        assert verdict.bounce, verdict.because
        assert verdict.bounce.lasting is lasting


@pytest.mark.parametrize("language", QUESTIONS)
@pytest.mark.parametrize("path", ["dana.whitfield@example.org", None, ""])
def test_who_asks_why_mail_comes_back_is_a_person_even_by_a_form_with_the_null_sender(
    language: str, path: str | None
) -> None:
    subject, text = QUESTIONS[language]
    verdict = judge(mail(text, subject=subject, return_path=path))
    assert verdict.kind in PERSON, verdict.because


def test_a_copy_in_plain_text_makes_a_bounce_of_words_from_the_null_sender() -> None:
    copy = (
        "From: support@example.com\nTo: 5550100@mms.example.net\nSubject: Page\nDate: Wed, 2 Dec 2026 08:59:00 +0000\n"
    )
    text = f"Message could not be delivered to mobile.\n\nOriginal Message:\n{copy}"
    administrator = Address("sysadmin@mms.example.net", "NDR Administrator")
    assert judge(bounce("Undeliverable Message", text, administrator)).kind is Kind.BOUNCE
    asked = text.replace("Message could not be delivered to mobile", "My parcel is late, and your page shows nothing")
    assert judge(bounce("Delivery failed", asked, Address("form@shop.example.org"))).kind in PERSON


@pytest.mark.parametrize("who", PEOPLE)
def test_people_who_write_about_bounces_are_people(who: str) -> None:
    verdict = judge(PEOPLE[who])
    assert verdict.kind in PERSON, verdict.because
    assert verdict.bounce is None


OTHERS = {
    "a vacation note": bounce(
        "Automatic reply: Your catalog", "I am out of the office until Monday. Mail to gone@example.org could not be delivered to me.",
        Address("gone@example.org"), "", ("auto-submitted", "auto-replied"),
    ),
    "a challenge": bounce(
        "Please confirm your mail", "Your message was not delivered to me yet. To prove that you are a person, please click this link to "
        "verify your address: https://example.net/c/1", Address("gone@example.org"), "", ("auto-submitted", "auto-replied"),
    ),
    "a note of somebody who left": bounce(
        "Your catalog", "This address does not exist any more. Please write to info@example.org.", Address("gone@example.org"), "",
        ("auto-submitted", "auto-replied"),
    ),
    "a parcel by a machine": bounce(
        "Delivery failed: your parcel 00340",
        "We could not deliver your parcel today. The delivery failed, it was returned to sender.",
        Address("service@parcels.example.net"),
        "bounce@parcels.example.net",
        ("auto-submitted", "auto-generated"),
    ),
    "a parcel": bounce(
        "Delivery failed: your parcel 00340", "We could not deliver your parcel today. It was returned to sender.",
        Address("no-reply@parcels.example.net"), "bounce@parcels.example.net",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_what_looks_like_a_bounce_and_is_none(what: str) -> None:
    verdict = judge(OTHERS[what])
    assert verdict.kind is not Kind.BOUNCE, verdict.because
    assert verdict.kind not in PERSON, verdict.because


# tests/mails/bounce: (status, code, whether the copy of the mail has its id)
FILES = {
    "microsoft-365-german-html-alone": ("5.1.10", 550, True),
    "chinese-webmail-in-gb18030": ("", 550, True),
    "russian-webmail-base64": ("5.7.1", 550, True),
    "groupwise-with-the-headers-as-a-text": ("5.1.1", 550, True),
    "smail-with-failed-addresses": ("", None, True),
    "exchange-2003-german-without-a-report": ("5.1.1", None, False),
    "japanese-provider-in-iso-2022-jp": ("5.1.1", 550, True),
    "notes-german": ("", None, False),
    "domino": ("", None, False),
    "exchange-2003-plain": ("", None, False),
}


@pytest.mark.parametrize("name", FILES)
def test_a_mailer_s_bounce_is_read_as_it_comes(name: str) -> None:
    said = judge(parse((MAILS / "bounce" / f"{name}.eml").read_bytes())).bounce
    assert said
    assert (said.lasting, said.recipients) == (PERMANENT, (GONE,))
    assert (said.status, said.code, said.original_message_id == ID) == FILES[name]
    assert said.reason


def test_a_code_is_enough_from_a_postmaster_with_the_null_sender_in_a_language_that_we_do_not_know() -> None:
    unknown = bounce("Posta ez da heldu", f"Ezin izan da bidali:\n\n{GONE}\n550 5.1.1 ez dago\n", EXCHANGE)
    assert judge(unknown).kind is Kind.BOUNCE
    person = replace(unknown, return_path="postmaster@mail.example.net")
    assert judge(person).kind is not Kind.BOUNCE


def test_a_complaint_that_returns_our_mail_is_no_bounce() -> None:
    said = Report("feedback-report", original_message_id=ID)
    complaint = bounce(
        "Complaint about message from 192.0.2.1",
        f"This is an email abuse report for an email message received from 192.0.2.1.\n\n{COPY}",
        Address("staff@hotmail.example.net"),
        "",
    )
    verdict = judge(replace(complaint, report=said, content_type="multipart/report", returned_id=ID))
    assert (verdict.kind, verdict.bounce) == (Kind.NOTIFICATION, None)


PIECES = ("550", " 5.1.1 ", "#5.1.1", "4.", "a@b.example", "<a@b.example>", "\n", "\n\n", " ", "Message-ID:", "X-Postroom-Loop: <", ">", "From: ",
          "Received: x", "--- Below this line is a copy", "user unknown", "\x00", "\u200b", "収件人", "said: ", ":")  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_value(pieces: list[str], more: str) -> None:
    said = judge(bounce("failure notice", "".join(pieces) + more)).bounce
    assert said
    assert all("@" in one and one.isprintable() for one in said.recipients)
    assert len(said.reason) <= 300
    assert "\n" not in said.reason


def report(*rows: tuple[str, str, str]) -> Bounce:
    actions, statuses, texts = zip(*rows, strict=True)
    said = Report(
        "delivery-status", (GONE,), actions, tuple(s for s in statuses if s), tuple(t for t in texts if t), ID
    )
    message = bounce("Undelivered", "It could not be delivered.")
    return bounce_of(Message(sha256="", content_key="", size=0, report=said, text=message.text), read(message))


@pytest.mark.parametrize(
    ("row", "lasting", "code"),
    [
        (("failed", "5.1.1", "550 5.1.1 no such user"), PERMANENT, 550),
        (("failed", "4.4.7", "connection timed out"), TEMPORARY, None),
        (("failed", "", "550 no such user"), PERMANENT, 550),
        (("failed", "", "452 too many"), TEMPORARY, 452),
        (("failed", "", ""), UNKNOWN, None),
        (("delayed", "4.4.1", ""), DELAYED, None),
        (("delayed", "5.4.1", ""), DELAYED, None),
    ],
)
def test_a_report_is_read_by_its_action_then_status_then_code(
    row: tuple[str, str, str], lasting: Lasting, code: int | None
) -> None:
    said = report(row)
    assert (said.lasting, said.code, said.recipients, said.original_message_id) == (lasting, code, (GONE,), ID)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Bounce(PERMANENT, (GONE,), "5.1.1", 550, ours=True), f"permanent, of a mail of ours, for {GONE}, 550 5.1.1"),
        (
            Bounce(DELAYED, tuple(f"a{n}@x.test" for n in range(5)), ours=False),
            "delayed, for a0@x.test, a1@x.test, a2@x.test and 2 more",
        ),
        (Bounce(UNKNOWN), "unknown"),
    ],
)
def test_it_is_said_in_words(said: Bounce, words: str) -> None:
    assert of_bounce(said) == words


def test_the_id_of_the_mail_is_found_in_its_copy_in_what_is_attached_and_by_our_mark() -> None:
    text = f"It failed.\n\n> Message-Id:\n>  {ID}\n> X-Postroom-Loop: <mark@example.com>\n"
    assert returned(mail(text)) == (ID, "<mark@example.com>")
    assert returned(mail("The message-id <x@y> of your mail is wrong.")) == ()
    attached = (
        b'From: MAILER-DAEMON@mx.example.org\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nIt failed.\n'
        b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <m77@example.com>\nSubject: Hello\n\nHello\n--b--\n"
    )
    assert returned(parse(attached)) == (ID,)


@pytest.mark.parametrize(
    "piece", ["a@b.", "550 5.1.1 ", "5.1.1.", "<", "Message-ID: ", "-----", "x" * 60 + "@", "#550", "\t Received: \n", "from "]
)  # fmt: skip
def test_hostile_text_costs_time_linear_in_its_length(piece: str) -> None:
    def seconds(size: int) -> float:
        message = bounce("failure notice", piece * (size // len(piece)))
        reading = read(message)
        start = time.perf_counter()
        bounce_of(message, reading)
        return time.perf_counter() - start

    assert min(seconds(2**19) for _ in range(3)) < 0.25


def test_a_gateway_that_quotes_what_it_could_not_deliver_bounces_it_and_a_form_that_quotes_nothing_does_not() -> None:
    said = "Message could not be delivered to the telephone.\nError: no valid recipients for this message\n\n"
    quote = "-----Original Message-----\nFrom: Support <support@example.com>\nTo: 0000000000@mms.example.net\nSubject: Your ticket\nDate: Wed, 2 Dec 2026 09:00:00 +0000\n"
    sent = {
        "sender": "MMS administrator <sysadmin@m01.example.net>",
        "return_path": "",
        "subject": "Undeliverable Message",
    }
    assert judge(mail(said + quote, **sent)).kind is Kind.BOUNCE
    assert judge(mail(said, **sent)).kind in PERSON
