"""Ready: imported by the fork server alone, so that the tables by which mails are read are built once, and not by every parser."""

from classifier.phrases import matcher

matcher()
