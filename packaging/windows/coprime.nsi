; Coprime's setup for Windows: for one person, without an administrator.
; Compiled by nsis.py, which defines FILES, OUT, ICON, NAME, COMMAND, VERSION, VERSION4,
; PUBLISHER, COPYRIGHT, HOMEPAGE, KILOBYTES and, to sign what is made, SIGN.
;   /S    installs and removes without a window
;   Exit codes: 0 done; 1 cancelled; 2 Coprime runs, or a file could not be written

Unicode true
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 64
SetDateSave off
CRCCheck on

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "x64.nsh"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

Name "${NAME}"
OutFile "${OUT}"
BrandingText "${NAME} ${VERSION}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION4}"
VIFileVersion "${VERSION4}"
VIAddVersionKey /LANG=1033 "ProductName" "${NAME}"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileDescription" "${NAME} Setup"
VIAddVersionKey /LANG=1033 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=1033 "LegalCopyright" "${COPYRIGHT}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_NOAUTOCLOSE
!define MUI_FINISHPAGE_TITLE "${NAME} is installed"
!define MUI_FINISHPAGE_TEXT "You find it in the Start menu."
!define MUI_FINISHPAGE_RUN "$INSTDIR\${COMMAND}.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Start ${NAME}"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH

!define MUI_UNFINISHPAGE_NOAUTOCLOSE
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE "${NAME} is removed"
!define MUI_FINISHPAGE_TEXT "Your conversations stay where they are, in $LOCALAPPDATA\${COMMAND}. Keys stay in the Credential Manager of Windows. Delete them there if you do not need them any more."
!insertmacro MUI_UNPAGE_FINISH

!insertmacro MUI_LANGUAGE "English"

!ifdef SIGN
  !finalize '${SIGN} "%1"' = 0
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

; A program that runs cannot be written: then it has to be closed first.
!macro CLOSED un
Function ${un}WaitUntilClosed
  ${DoWhile} ${FileExists} "$INSTDIR\${COMMAND}.exe"
    ClearErrors
    FileOpen $0 "$INSTDIR\${COMMAND}.exe" a
    ${IfNot} ${Errors}
      FileClose $0
      ${ExitDo}
    ${EndIf}
    ${If} ${Silent}
      SetErrorLevel 2
      Quit
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${NAME} is running. Close it, then choose Retry." /SD IDCANCEL IDRETRY again
    SetErrorLevel 1
    Quit
    again:
  ${Loop}
FunctionEnd

Function ${un}GiveUp
  MessageBox MB_OK|MB_ICONSTOP "Not everything could be removed from $INSTDIR. Another program may have a file open. Try again later." /SD IDOK
  SetErrorLevel 2
  Quit
FunctionEnd

; Only what a setup put there, which either of two files shows: the folder may be another's.
; The program goes last, so that a removal that was cut short can be done again.
Function ${un}RemoveProgram
  ${If} ${FileExists} "$INSTDIR\${COMMAND}.exe"
  ${OrIf} ${FileExists} "$INSTDIR\uninstall.exe"
    ClearErrors
    ${If} ${FileExists} "$INSTDIR\_internal\*.*"
      RMDir /r "$INSTDIR\_internal"
    ${EndIf}
    ${If} ${Errors}
      Call ${un}GiveUp
    ${EndIf}
    Delete "$INSTDIR\${COMMAND}.exe"
    ${If} ${Errors}
      Call ${un}GiveUp
    ${EndIf}
  ${EndIf}
FunctionEnd
!macroend
!insertmacro CLOSED ""
!insertmacro CLOSED "un."

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "${NAME} needs a 64-bit Windows." /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "${NAME} needs Windows 10 or newer." /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  ; The same setup twice at once would mix up its files.
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "${NAME}Setup") p.r1 ?e'
  Pop $0
  ${If} $0 = 183
    MessageBox MB_OK|MB_ICONEXCLAMATION "${NAME} is being installed already." /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
FunctionEnd

Section "${NAME}"
  SetShellVarContext current
  SetOverwrite on
  Call WaitUntilClosed
  ; An older version goes wholly: what it had and this one has not would stay else.
  Call RemoveProgram
  ClearErrors
  SetOutPath "$INSTDIR"
  ; First of all, so that a setup that is cut short can be removed or done again.
  WriteUninstaller "$INSTDIR\uninstall.exe"
  File /r "${FILES}"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "Not everything could be written into $INSTDIR. Look whether the disk is full, then try again." /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${COMMAND}.exe" "" "$INSTDIR\${COMMAND}.exe" 0
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${COMMAND}.exe,0"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
!if "${HOMEPAGE}" != ""
  WriteRegStr HKCU "${UNINSTALL}" "URLInfoAbout" "${HOMEPAGE}"
!endif
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  SetShellVarContext current
  Call un.WaitUntilClosed
  Call un.RemoveProgram
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
