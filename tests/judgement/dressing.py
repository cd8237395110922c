"""Wraps an answer the way mail programs do: quoted history above or below, as text or as HTML; the history is full of traps."""

from __future__ import annotations

from html import escape

from providers.mail.html import to_text

ASKED = """Hi Ann,

could you send me your decision on the proposal? If you are no longer interested, just say so and I will stop writing.
I am out of the office on Friday and back on Monday; in urgent cases please contact Bea (bea@mine.example).

Sam"""
WROTE = {
    "en": "On Tue, Mar 10, 2026 at 10:30 AM Sam Okafor <sam@mine.example> wrote:",
    "de": "Am Di., 10. März 2026 um 10:30 Uhr schrieb Sam Okafor <sam@mine.example>:",
    "fr": "Le mar. 10 mars 2026 à 10:30, Sam Okafor <sam@mine.example> a écrit :",
    "es": "El mar, 10 mar 2026 a las 10:30, Sam Okafor (<sam@mine.example>) escribió:",
    "it": "Il giorno mar 10 mar 2026 alle ore 10:30 Sam Okafor <sam@mine.example> ha scritto:",
    "pt": "Sam Okafor <sam@mine.example> escreveu no dia terça, 10/03/2026 à(s) 10:30:",
    "nl": "Op di 10 mrt 2026 om 10:30 schreef Sam Okafor <sam@mine.example>:",
    "sv": "Den tis 10 mars 2026 kl 10:30 skrev Sam Okafor <sam@mine.example>:",
    "da": "Den tirs. 10. mar. 2026 kl. 10.30 skrev Sam Okafor <sam@mine.example>:",
    "no": "tir. 10. mars 2026 kl. 10:30 skrev Sam Okafor <sam@mine.example>:",
    "fi": "ti 10. maalisk. 2026 klo 10.30 Sam Okafor (sam@mine.example) kirjoitti:",
    "pl": "wt., 10 mar 2026 o 10:30 Sam Okafor <sam@mine.example> napisał(a):",
    "ru": "вт, 10 мар. 2026 г. в 10:30, Sam Okafor <sam@mine.example>:",
    "ja": "2026年3月10日(火) 10:30 Sam Okafor <sam@mine.example>:",
}
FIELDS = {
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "no": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
}
PHONE = {
    "de": "Von meinem iPhone gesendet",
    "fr": "Envoyé de mon iPhone",
    "es": "Enviado desde mi iPhone",
    "it": "Inviato da iPhone",
    "pt": "Enviado do meu iPhone",
    "nl": "Verstuurd vanaf mijn iPhone",
    "sv": "Skickat från min iPhone",
    "da": "Sendt fra min iPhone",
    "pl": "Wysłane z iPhone'a",
    "ru": "Отправлено с iPhone",
    "ja": "iPhoneから送信",
}


def dressed(body: str, wrap: str, language: str) -> str:
    """The whole text of a mail whose writer typed `body`."""
    return STYLES[wrap](body, language) if wrap else body


def _quoted() -> str:
    return "\n".join(f"> {line}".rstrip() for line in ASKED.split("\n"))


def _wrote(language: str) -> str:
    return WROTE.get(language, WROTE["en"])


def _fields(language: str) -> list[str]:
    names = FIELDS.get(language, ("From", "Sent", "To", "Subject"))
    values = (
        "Sam Okafor <sam@mine.example>",
        "Tuesday, March 10, 2026 10:30 AM",
        "Ann Lee <ann@partner.example>",
        "Proposal",
    )
    return [f"{name}: {value}" for name, value in zip(names, values, strict=True)]


def _gmail(body: str, language: str) -> str:
    return f"{body}\n\n{_wrote(language)}\n\n{_quoted()}\n"


def _outlook(body: str, language: str) -> str:
    return f"{body}\n\n________________________________\n" + "\n".join(_fields(language)) + f"\n\n{ASKED}\n"


def _ios(body: str, language: str) -> str:
    return f"{body}\n\n{PHONE.get(language, 'Sent from my iPhone')}\n\n> {_wrote(language)}\n> \n{_quoted()}\n"


def _bottom(body: str, language: str) -> str:
    return f"{_wrote(language)}\n{_quoted()}\n\n{body}\n\n-- \nAnn Lee, Partner Ltd\n"


def _paragraphs(body: str, tag: str) -> str:
    return "".join(f"{tag}{escape(line) or '<br>'}</div>" for line in body.split("\n"))


def _html(body: str, language: str) -> str:
    attribution = f'<div dir="ltr" class="gmail_attr">{escape(_wrote(language))}<br></div>'
    quote = f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{_paragraphs(ASKED, "<div>")}</blockquote>'
    return to_text(
        f'<div dir="ltr">{_paragraphs(body, "<div>")}</div><br><div class="gmail_quote">{attribution}{quote}</div>'
    )


def _html_outlook(body: str, language: str) -> str:
    head = "<br>".join(escape(line) for line in _fields(language))
    border = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    typed = _paragraphs(body, '<div class="MsoNormal">')
    return to_text(
        f"<html><body><div class=WordSection1>{typed}{border}<p>{head}</p></div>{_paragraphs(ASKED, '<div>')}</div></body></html>"
    )


STYLES = {
    "gmail": _gmail,
    "outlook": _outlook,
    "ios": _ios,
    "bottom": _bottom,
    "html": _html,
    "htmlo": _html_outlook,
}
