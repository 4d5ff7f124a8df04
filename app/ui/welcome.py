"""Welcome: what stands in place of a conversation while there is no account."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class Welcome(QWidget):
    """Greets and offers the two ways to begin.

    Signals:
        account_requested: the person wants to add an account.
        demo_requested: the person wants to try the demo.
    """

    account_requested = Signal()
    demo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        greeting = QLabel(self.tr("Welcome to Coprime"), self)
        greeting.setObjectName("greeting")
        subtitle = QLabel(self.tr("Chat with every model on Prime Intellect Inference."), self)
        subtitle.setObjectName("empty")
        self.add = QPushButton(self.tr("Add an account…"), self)
        self.add.setDefault(True)
        self.add.clicked.connect(self.account_requested)
        self.demo = QPushButton(self.tr("Try it offline"), self)
        self.demo.clicked.connect(self.demo_requested)
        self.setFocusProxy(self.add)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(greeting)
        column.addWidget(subtitle)
        column.addSpacing(12)
        for button, sentence in (
            (self.add, self.tr("Your key is kept in this computer’s keyring, nowhere else.")),
            (self.demo, self.tr("Demo models inside Coprime. Nothing leaves this computer.")),
        ):
            row = QHBoxLayout()
            row.setSpacing(16)
            button.setMinimumWidth(160)
            hint = QLabel(sentence, self)
            hint.setObjectName("hint")
            hint.setWordWrap(True)
            row.addWidget(button)
            row.addWidget(hint, 1)
            column.addLayout(row)
        column.addStretch(2)
        middle = QHBoxLayout(self)
        middle.setContentsMargins(24, 24, 24, 24)
        middle.addStretch(1)
        frame = QWidget(self)
        frame.setLayout(column)
        frame.setMaximumWidth(520)
        middle.addWidget(frame, 1000)
        middle.addStretch(1)
