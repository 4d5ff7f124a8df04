"""Style: the theme's colours and distances as style sheets for Qt's own widgets.

A sheet is a template in which `@role` stands for a colour or a size of the
theme. What a dialog or pane needs for itself stands beside it, as its `STYLE`.
"""

from app.ui.theme import Theme


def style_sheet(theme: Theme, *templates: str) -> str:
    """Return a style sheet: what all windows share, then the templates given."""
    colours, metrics, sizes = theme.colours, theme.metrics, theme.type
    names = {name: getattr(colours, name).name() for name in type(colours).__slots__}
    names |= {
        "radius_control": f"{metrics.control_radius}px",
        "radius_block": f"{metrics.block_radius}px",
        "radius_message": f"{metrics.message_radius}px",
        "size_small": f"{sizes.small.size}px",
        "size_caption": f"{sizes.caption.size}px",
        "size_base": f"{sizes.base.size}px",
        "size_title": f"{sizes.title.size}px",
        "size_transcript": f"{sizes.transcript.size}px",
    }
    sheet = "".join((SHARED, *templates))
    for name in sorted(names, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", names[name])
    return sheet


SHARED = """
QMainWindow, QDialog { background: @window; }
#conversations { background: @sidebar; }
#models { background: @window; }
#centre, QStackedWidget, #chat, #welcome { background: @surface; }
QSplitter::handle { background: @line; width: 1px; }
QLabel { background: transparent; }
#empty, #count, #state, #hint { color: @muted; }
#name { font-weight: 600; }
#state, #hint, #count { font-size: @size_small; }

QPushButton, QToolButton {
    background: @raised; color: @text; border: 1px solid @strong_line;
    border-radius: @radius_control; padding: 5px 12px; min-height: 20px;
}
QPushButton:hover, QToolButton:hover { background: @accent_wash; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 4px 11px; }
QPushButton:disabled { color: @faint; background: @window; border-color: @line; }
QPushButton:default { background: @accent; color: @on_accent; border-color: @accent; }
QToolButton::menu-indicator { image: none; }

QLineEdit {
    background: @raised; color: @text; border: 1px solid @strong_line;
    placeholder-text-color: @faint;
    border-radius: @radius_control; padding: 6px 10px; selection-background-color: @selection;
    selection-color: @text;
}
QLineEdit:focus { border: 2px solid @accent; padding: 5px 9px; }

QListView { background: transparent; color: @text; outline: none; }
QListView::item:selected { background: @selection; color: @text; }
QListView { border: 1px solid transparent; }
QListView:focus { border: 1px solid @accent; }


#composer QPlainTextEdit {
    background: transparent; color: @text; font-size: @size_transcript;
    placeholder-text-color: @faint;
    selection-background-color: @selection; selection-color: @text;
}

#notice { border: none; background: @accent_wash; color: @text; }
#notice[tone="warning"] { background: @warning_wash; }
#notice[tone="error"] { background: @error_wash; }
#notice QTextEdit { background: transparent; border: none; selection-background-color: @selection; }
#greeting { font-size: @size_title; font-weight: 600; }
#card { background: @surface; border: 1px solid @strong_line; border-radius: @radius_message; }
#problem { color: @error; }

QMenuBar { background: @window; color: @text; }
QMenuBar::item { background: transparent; padding: 5px 10px; }
QMenuBar::item:selected { background: @selection; }
#qt_menubar_ext_button { background: transparent; border: none; padding: 0; min-height: 0; }
QMenu { background: @raised; color: @text; border: 1px solid @strong_line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selection; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QToolTip { background: @raised; color: @text; border: 1px solid @strong_line; padding: 4px; }
QScrollBar { background: transparent; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: @strong_line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
