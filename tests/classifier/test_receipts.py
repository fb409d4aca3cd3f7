"""Receipts: that a mail was read, or deleted unread, as Outlook and Exchange say it without a report; and people who write of receipts."""

import pytest

from classifier.verdict import PERSON, Kind
from inbound.message import Report
from tests.classifier.judging import judge, mail

# language: (in front of the subject, sentence; likewise of a mail that was deleted unread)
LANGUAGES = {
    "en": ("Read: ", "was read on Wednesday, 2 December 2026 9:14.", "Not read: ", "was deleted without being read on Wednesday."),
    "de": ("Gelesen: ", "wurde am Mittwoch, 2. Dezember 2026 09:14 gelesen.", "Ungelesen: ", "wurde ungelesen gelöscht am Mittwoch."),
    "fr": ("Lu : ", "a été lu le mercredi 2 décembre 2026 09:14.", "Non lu : ", "a été supprimé sans avoir été lu le mercredi."),
    "es": ("Leído: ", "fue leído el miércoles, 2 de diciembre de 2026 9:14.", "No leído: ", "se eliminó sin ser leído el miércoles."),
    "it": ("Letto: ", "è stato letto il mercoledì 2 dicembre 2026 09:14.", "Non letto: ", "eliminato senza essere letto."),
    "nl": ("Gelezen: ", "is gelezen op woensdag 2 december 2026 9:14.", "Niet gelezen: ", "is verwijderd zonder te zijn gelezen."),
    "pt": ("Lida: ", "foi lida em quarta-feira, 2 de dezembro de 2026.", "Não lida: ", "foi eliminada sem ser lida."),
    "pl": ("Przeczytane: ", "została przeczytana 2 grudnia 2026 09:14.", "Nieprzeczytane: ", "została usunięta bez przeczytania."),
    "cs": ("Přečteno: ", "byla přečtena 2. prosince 2026 9:14.", "Nepřečteno: ", "byla odstraněna bez přečtení."),
    "sk": ("Prečítané: ", "bola prečítaná 2. decembra 2026 9:14.", "Neprečítané: ", "bola odstránená bez prečítania."),
    "hu": ("Olvasva: ", "elolvasva: 2026. december 2. 9:14.", "Olvasatlan: ", "olvasatlanul törölve 2026. december 2."),
    "ro": ("Citit: ", "a fost citit miercuri, 2 decembrie 2026.", "Necitit: ", "a fost șters fără a fi citit."),
    "bg": ("Прочетено: ", "беше прочетено на 2 декември 2026 г.", "Непрочетено: ", "беше изтрито без да бъде прочетено."),
    "hr": ("Pročitano: ", "pročitana je 2. prosinca 2026. 9:14.", "Nepročitano: ", "izbrisana bez čitanja."),
    "sv": ("Läst: ", "lästes den 2 december 2026 09:14.", "Ej läst: ", "togs bort utan att läsas."),
    "da": ("Læst: ", "blev læst den 2. december 2026 09:14.", "Ikke læst: ", "blev slettet uden at blive læst."),
    "nb": ("Lest: ", "ble lest 2. desember 2026 09:14.", "Ulest: ", "ble slettet uten å bli lest."),
    "fi": ("Luettu: ", "luettiin 2. joulukuuta 2026 9:14.", "Lukematon: ", "poistettiin lukematta."),
    "et": ("Loetud: ", "loeti 2. detsember 2026 9:14.", "Lugemata: ", "kustutati lugemata."),
    "ru": ("Прочтено: ", "было прочитано 2 декабря 2026 г. 9:14.", "Не прочтено: ", "удалено без прочтения."),
    "uk": ("Прочитано: ", "було прочитано 2 грудня 2026 р. 9:14.", "Не прочитано: ", "видалено без прочитання."),
    "tr": ("Okundu: ", "2 Aralık 2026 Çarşamba 09:14 tarihinde okundu.", "Okunmadı: ", "okunmadan silindi."),
    "el": ("Αναγνώστηκε: ", "αναγνώστηκε στις 2 Δεκεμβρίου 2026.", "Δεν αναγνώστηκε: ", "διαγράφηκε χωρίς να διαβαστεί."),
    "ja": ("開封済み: ", "は 2026年12月2日 9:14 に開封されました。", "未開封: ", "は開封されずに削除されました。"),
    "zh-CN": ("已读: ", "的阅读时间为 2026年12月2日 9:14。", "未读: ", "未阅读即被删除。"),
    "zh-TW": ("已讀取: ", "已於 2026年12月2日 9:14 讀取。", "未讀: ", "未讀取即刪除。"),
    "ko": ("읽음: ", "읽은 시간: 2026년 12월 2일 9:14", "읽지 않음: ", "읽지 않고 삭제되었습니다."),
    "ar": ("تمت القراءة: ", "تمت قراءة الرسالة يوم الأربعاء.", "غير مقروءة: ", "تم حذف الرسالة دون قراءتها."),
    "he": ("נקרא: ", "נקראה ב-2 בדצמבר 2026.", "לא נקרא: ", "נמחקה מבלי שנקראה."),
}  # fmt: skip
HEAD = "Your message\n\n  To: Dana Whitfield\n  Subject: Your catalog\n  Sent: 2.12.2026 9:00\n\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_outlook_s_receipts_in_every_language(language: str) -> None:
    read, when, unread, gone = LANGUAGES[language]
    for title, sentence in ((read, when), (unread, gone)):
        verdict = judge(mail(f"{HEAD}{sentence}\n", subject=f"{title}Your catalog"))
        assert (verdict.kind, verdict.answer) == (Kind.RECEIPT, False), verdict.because


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_who_write_of_receipts_are_people_in_every_language(language: str) -> None:
    read, when, _, _ = LANGUAGES[language]
    people = [
        mail(f"Our mails to you come back with this: {when}\nWhy?", subject="Receipts"),
        mail(f"I have seen it, thank you.\n\n> {when}\n", subject=f"Re: {read}Your catalog"),
        mail("It is all clear now. Best wishes, Dana", subject=f"{read}Your catalog"),
        mail(f"Please switch this off.\n\n> {when}\n", subject=f"{read}Your catalog"),
    ]
    assert [one.text for one in people if judge(one).kind not in PERSON] == []


@pytest.mark.parametrize("action", ["displayed", "deleted", "dispatched", "processed", "denied", "failed", ""])
def test_a_disposition_notification_is_a_receipt_whatever_became_of_the_mail(action: str) -> None:
    said = Report("disposition-notification", actions=(action,) if action else ())
    verdict = judge(
        mail("Your mail.", subject="Anything", report=said, content_type="multipart/report", return_path="")
    )
    assert (verdict.kind, verdict.bounce) == (Kind.RECEIPT, None)
    assert verdict.because[0].endswith(f"disposition-notification {action}".rstrip())
