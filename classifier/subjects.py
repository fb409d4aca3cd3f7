"""Subjects: where a subject begins behind the tags of gateways, and what stands before its colon. Subjects come folded."""

from classifier.phrases import fold, words

_TAG_CAP = 40  # longest [tag] that is skipped in front of a subject
REPLIES = words(
    "re aw antw sv vs odp ynt rif r res ref ad bls vá vl hl på pd ответ отв відп odg απ σχετ 回复 答复 回覆 答覆 "
    "回信 返信 رد השב תגובה 회신 답장 yan vs отг răsp",
)
FORWARDS = words(
    "fwd fw wg tr rv enc i vb vl pd doorst prosl proslijeđeno továbbítás tov fs переслать пересл на препр πρθ ilt redir "
    "videresend 转发 轉寄 轉發 転送 전달 הועבר",
) | {fold("إعادة توجيه"), fold("تحويل")}


def heads(subject: str) -> tuple[int, ...]:
    """Where the subject begins: at its start, and behind each [tag], (tag) or *** tag *** that a gateway put there."""
    places, at = [0], 0
    while at < len(subject) and subject[at] in "[(*{":
        end = subject.find({"[": "]", "(": ")", "{": "}", "*": "* "}[subject[at]], at + 1, at + _TAG_CAP)
        places.append(at + 1)
        if end < 0:
            break
        at = end + 1
        at += len(subject[at:]) - len(subject[at:].lstrip(" *:"))
        places.append(at)
    return tuple(places)


def prefix_of(subject: str, head: int) -> str:
    """The word before the first colon: `re` of `Re[2]: Hello`."""
    word, colon, _ = subject[head : head + 16].partition(":")
    return word.strip(" .()[]0123456789") if colon else ""
