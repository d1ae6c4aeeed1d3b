"""The one stylesheet. ``$names`` are colour tokens and distances that ``ui.theme`` fills in."""

STYLESHEET = """
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: $quarter; }

QLabel[look="title"] { font-size: $title_size; font-weight: 600; }
QLabel[look="heading"] { font-size: $heading_size; font-weight: 600; }
QLabel[look="amount"] { font-size: $amount_size; font-weight: 600; }
QLabel[look="change"] { font-size: $amount_size; font-weight: 700; color: $success; }
QLabel[look="change_wrong"] { font-size: $title_size; font-weight: 700; color: $danger; }
QLabel[look="muted"] { color: $text_muted; }
QLabel[look="small"] { color: $text_muted; font-size: $small_size; }
QLabel[look="wrong"] { color: $danger; }
QLabel[look="good"] { color: $success; }
QLabel[look="figure_good"] { font-size: $title_size; font-weight: 600; color: $success; }
QLabel[look="figure_wrong"] { font-size: $title_size; font-weight: 600; color: $danger; }

QFrame[look="card"] { background: $surface; border: 1px solid $border; border-radius: 12px; }
QFrame[look="navigation"] { background: $navigation; border: none; }
QFrame[look="topbar"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QLabel[look="key"] { background: $surface_hover; border: 1px solid $border; border-radius: 4px;
    padding: 0px $quarter; }
QFrame[look="info"] { background: $info_soft; border: 1px solid $info; border-radius: 8px; }
QFrame[look="warning"] { background: $warning_soft; border: 1px solid $warning;
    border-radius: 8px; }
QFrame[look="error"] { background: $danger_soft; border: 1px solid $danger; border-radius: 8px; }
QFrame[look="success"] { background: $success_soft; border: 1px solid $success;
    border-radius: 8px; }
QLabel[look="error"], QLabel[look="success"] { background: transparent; border: none; }
QFrame[look="toast"] { background: $text; border-radius: 8px; }
QFrame[look="toast"] QLabel { color: $surface; }
QFrame[look="drop"] { background: $surface; border: 2px dashed $border_strong;
    border-radius: 12px; }
QFrame[look="drop"][hovered="true"] { background: $accent_soft; border-color: $accent; }
QFrame[look="drop"]:focus { border: 2px solid $focus; }

QPushButton, QToolButton { background: $surface; color: $text; border: 1px solid $border_strong;
    border-radius: 8px; padding: $quarter $three_quarters; min-height: $one; }
QToolButton { padding: $quarter $half; }
QPushButton:hover, QToolButton:hover { background: $surface_hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $accent_soft; }
QPushButton:focus, QToolButton:focus { border: 2px solid $focus; padding: $hairline_less $half; }
QPushButton:focus { padding: $hairline_less $three_quarters; }
QPushButton:disabled, QToolButton:disabled { color: $text_disabled; border-color: $border; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: url("$arrow_down");
    width: $three_quarters; height: $three_quarters; right: $quarter;
    subcontrol-position: right center; subcontrol-origin: padding; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[large="true"], QPushButton[large="true"]:focus { font-size: $heading_size;
    padding: $half $one; }
QPushButton[kind="danger"] { background: $danger; color: $on_danger; border-color: $danger;
    font-weight: 600; }
QPushButton[kind="danger"]:hover { background: $danger_hover; }
QPushButton[kind="danger"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled {
    background: $border; color: $text_muted; border-color: $border; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent;
    border-color: transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $surface_hover; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border-color: $focus; }
QPushButton[kind="link"] { background: transparent; border-color: transparent; color: $accent;
    padding: 0px $quarter; }
QPushButton[kind="link"]:hover { color: $accent_hover; text-decoration: underline; }
QPushButton[kind="link"]:focus { border-color: $focus; }
QPushButton[kind="figure"], QPushButton[kind="headline"] { background: transparent;
    border: 2px solid transparent; border-radius: 6px; padding: 0px 2px; text-align: left;
    min-height: 0px; }
QPushButton[kind="headline"] { font-size: $amount_size; font-weight: 600; margin-left: -4px; }
QPushButton[kind="figure"][linked="true"] { color: $accent; }
QPushButton[kind="figure"][tone="wrong"], QPushButton[kind="headline"][tone="wrong"] {
    color: $danger; }
QPushButton[kind="figure"][tone="good"], QPushButton[kind="headline"][tone="good"] {
    color: $success; }
QPushButton[linked="true"]:hover { text-decoration: underline; }
QPushButton[kind="figure"]:focus, QPushButton[kind="headline"]:focus { border-color: $focus;
    padding: 0px 2px; }
QFrame[look="toast"] QPushButton { background: transparent; color: $surface;
    border: 1px solid $surface; font-weight: 600; }
QFrame[look="toast"] QPushButton:focus { border: 2px solid $surface; }
QToolButton[kind="chip"] { border-radius: $three_quarters; border-color: $border_strong;
    padding-right: $one; }
QToolButton[kind="chip"]:focus { border-color: $focus; padding-right: $one; }
QToolButton[kind="chip"][arrow="none"], QToolButton[kind="chip"][arrow="none"]:focus {
    padding-right: $three_quarters; }
QToolButton[kind="chip"][active="true"] { background: $accent_soft; border-color: $accent;
    font-weight: 600; }
QToolButton[kind="pick"] { border-radius: $three_quarters; }
QToolButton[kind="pick"]:focus { border-color: $focus; }
QToolButton[kind="pick"][active="true"] { background: $accent_soft; border-color: $accent;
    font-weight: 600; }
QToolButton[kind="method"] { padding: $quarter; }
QToolButton[kind="method"]:checked, QToolButton[kind="tile"]:checked { background: $accent_soft;
    border: 2px solid $accent; font-weight: 600; }
QToolButton[kind="tile"] { padding: $half $quarter; }
QToolButton[kind="navigation"] { background: transparent; border: 2px solid transparent;
    padding: $quarter $half; text-align: left; }
QToolButton[kind="navigation"]:hover { background: $surface_hover; }
QToolButton[kind="navigation"]:checked { background: $accent_soft; color: $accent;
    font-weight: 600; }
QToolButton[kind="navigation"]:focus { border-color: $focus; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    background: $surface; color: $text; border: 1px solid $border_strong; border-radius: 8px;
    padding: $quarter $half; selection-background-color: $accent;
    selection-color: $on_accent; }
QLineEdit, QComboBox, QAbstractSpinBox { min-height: $one; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
    border: 2px solid $focus; padding: $hairline_less $half; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {
    background: $window; color: $text_disabled; border-color: $border; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QComboBox[invalid="true"] {
    border: 2px solid $danger; padding: $hairline_less $half; }
QLineEdit[look="big"] { font-size: $title_size; font-weight: 600; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { background: transparent; border: none;
    padding: 0px; min-height: 0px; }
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down { border: none;
    width: $one; padding-right: $quarter; }
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow {
    image: url("$arrow_down"); width: $three_quarters; height: $three_quarters; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border;
    selection-background-color: $accent_soft; selection-color: $text; outline: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: $one; }
QAbstractSpinBox::up-arrow { image: url("$arrow_up"); width: $half; height: $half; }
QAbstractSpinBox::down-arrow { image: url("$arrow_down"); width: $half; height: $half; }

QCheckBox, QRadioButton { spacing: $half; padding: $quarter 0px; }
QCheckBox::indicator, QRadioButton::indicator { width: $box; height: $box;
    border: 1px solid $border_strong; background: $surface; border-radius: 4px; }
QRadioButton::indicator { border-radius: $box_radius; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus,
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border: 2px solid $focus; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent;
    image: url("$partly"); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent;
    image: url("$bullet"); }
QCheckBox:focus, QRadioButton:focus { color: $accent; }

QTableView, QListView, QTreeView { background: $surface; alternate-background-color:
    $surface_alternate; color: $text; border: 1px solid $border; border-radius: 8px;
    selection-background-color: $accent_soft; selection-color: $text; outline: none; }
QTableView:focus, QListView:focus, QTreeView:focus { border: 1px solid $focus; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $text_muted; border: none;
    border-bottom: 1px solid $border; padding: $half $half; font-weight: 600; }
QHeaderView::section:hover { color: $text; background: $surface_hover; }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: $one; height: $three_quarters;
    subcontrol-origin: padding; subcontrol-position: top center; }
QHeaderView::up-arrow { image: url("$arrow_up"); }
QHeaderView::down-arrow { image: url("$arrow_down"); }
QTableCornerButton::section { background: $surface; border: none; }

QMenu { background: $surface; color: $text; border: 1px solid $border; padding: $quarter; }
QMenu::item { padding: $quarter $one; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::separator { height: 1px; background: $border; margin: $quarter; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar::tab { background: transparent; color: $text_muted; padding: $half $three_quarters;
    border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:hover { color: $text; }
QTabBar:focus { outline: none; }
QTabBar::tab:focus { color: $accent; }

QScrollBar:vertical { background: transparent; width: $three_quarters; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: $three_quarters; margin: 0px; }
QScrollBar::handle { background: $border_strong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: $one; }
QScrollBar::handle:horizontal { min-width: $one; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[look="page"] { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $border; }
QProgressBar { background: $surface_hover; border: none; border-radius: 4px; color: $text;
    text-align: center; min-height: $half; }
QProgressBar::chunk { background: $progress; border-radius: 4px; }
QGroupBox { border: 1px solid $border; border-radius: 8px; margin-top: $three_quarters;
    padding-top: $half; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: $half; padding: 0px $quarter; }
QStatusBar { background: $window; color: $text_muted; }
QStatusBar::item { border: none; }
"""
