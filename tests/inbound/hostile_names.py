"""Over 200 names that a hostile mail gives its attachments (T13). Data alone."""

_UP = ("../", "..\\", "..../", "..%2f", "%2e%2e/", "..\u2215", "..\uff0f", "..\uff3c", "\u2025/", ".\u200b./")
_TARGETS = ("etc/passwd", ".htaccess", "x.php", "home/a/.ssh/authorized_keys", "postroom.toml")
_HIDDEN = "\u200b \u200c \u200d \u200e \u200f \u202a \u202b \u202c \u202d \u202e \u2060 \u2066 \u2067 \u2068 \u2069 \ufeff \u00ad \u061c \u180e \u3164"
_CONTROLS = [chr(code) for code in (*range(1, 0x20), 0x7F, 0x85, 0x9B)]
_ODD = (
    *("", ".", "..", "...", " ", "\t", "/", "\\", "//", ".htaccess", ".bashrc", "~", "~/x", "-rf", "--help", "$(id)"),
    *("`id`", "a;b", "a|b", "a&b", "a\x00b.exe", "CON", "con.txt", "NUL", "COM1.log", "LPT1", "aux.c", "x:y.txt"),
    *("C:\\boot.ini", "\\\\host\\share\\x", "file:///etc/passwd", "http://evil.example/x", "x.txt::$DATA", "a*b?.txt"),
    *('a"b.txt', "a'b.txt", "a<script>.html", "a\r\nX-Evil: yes", "a\nBcc: evil@example.com", "a\r\n\r\nbody"),
    *("=?utf-8?q?=2E=2E=2Fx?=", "=?utf-8?b?Li4vLi4vZXRjL3Bhc3N3ZA==?=", "=?utf-8?q?a=0D=0AX-Evil:_yes?="),
    *("=?utf-7?q?+AC4ALgAv-x?=", "utf-8''..%2f..%2fx", "x" * 300 + ".txt", "\u00e9" * 250 + ".pdf", "\U0001f4a9" * 200),
    *("a." + "b" * 300, "." * 255, "a\u0300\u0301" * 60, "fi\ufb01le.txt", "\uff0e\uff0e\uff0fx", "\u2024\u2024/x"),
    *(
        "report\u202efdp.exe",
        "invoice.pdf .exe",
        "invoice.pdf" + " " * 200 + ".exe",
        "trailing. ",
        "trailing...",
        " lead",
    ),
)
NAMES: tuple[str, ...] = (
    *(up * times + target for up in _UP for times in (1, 9) for target in _TARGETS),
    *(f"shell.{mark}php" for mark in _HIDDEN.split(" ")),
    *(f"a{control}b.txt" for control in _CONTROLS),
    *_ODD,
)
