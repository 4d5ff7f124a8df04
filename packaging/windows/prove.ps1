# Has the setup program prove itself: install over an older one, version, self-test, remove.
# Called with the setup program and the version, or with that in the environment.
param([Parameter(Mandatory)][string]$Setup, [string]$Version = $env:VERSION)
$ErrorActionPreference = 'Stop'
if (-not $Version) { throw 'Which version should it be?' }
$place = Join-Path $env:LOCALAPPDATA 'Programs\Coprime'
$key = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\Coprime'
$menu = Join-Path ([Environment]::GetFolderPath('Programs')) 'Coprime.lnk'

function Invoke-Program([string]$File, [string[]]$Arguments) {
    $done = Start-Process -FilePath $File -ArgumentList $Arguments -Wait -PassThru
    if ($done.ExitCode -ne 0) { throw "$File $Arguments ended with $($done.ExitCode)" }
}

Invoke-Program $Setup '/S'
# What an older version had and this one has not must go; what is the person's must stay.
New-Item -ItemType File -Path (Join-Path $place '_internal\older.txt') | Out-Null
New-Item -ItemType File -Path (Join-Path $place 'mine.txt') | Out-Null
Invoke-Program $Setup '/S'
if (Test-Path (Join-Path $place '_internal\older.txt')) { throw 'an older file stayed' }
if (-not (Test-Path $menu)) { throw 'there is no entry in the Start menu' }

$env:QT_QPA_PLATFORM = 'offscreen'
$program = Join-Path $place 'coprime.exe'
Invoke-Program $program '--version'
Invoke-Program $program '--self-test'
$shown = (Get-ItemProperty $key).DisplayVersion
$is = (Get-Item $program).VersionInfo.ProductVersion
if ($shown -ne $Version) { throw "$shown is listed, it should be $Version" }
if ($is -ne $Version) { throw "$is is installed, it should be $Version" }

# While it runs it is neither replaced nor removed.
$held = [IO.File]::Open($program, 'Open', 'Read', 'Read')
$refused = Start-Process -FilePath $Setup -ArgumentList '/S' -Wait -PassThru
$held.Close()
if ($refused.ExitCode -ne 2) { throw "a running program was replaced: $($refused.ExitCode)" }

# Without the program, which a virus scanner may have taken, all goes the same.
Remove-Item $program
New-Item -ItemType File -Path (Join-Path $place '_internal\older.txt') | Out-Null
Invoke-Program $Setup '/S'
if (Test-Path (Join-Path $place '_internal\older.txt')) { throw 'an older file stayed' }
Remove-Item $program

# Without _?= it would go on from a copy of itself, and nobody could wait for it.
Invoke-Program (Join-Path $place 'uninstall.exe') '/S', "_?=$place"
foreach ($gone in $key, $menu, $program, (Join-Path $place '_internal')) {
    if (Test-Path $gone) { throw "$gone stayed" }
}
if (-not (Test-Path (Join-Path $place 'mine.txt'))) { throw "a person's file went" }
Write-Output 'proved'
