@echo off
rem Builds and starts AppHost: the whole stack on this machine. Arguments are passed on to it; --help lists them.
where dotnet >nul 2>nul || (echo dotnet is not on the PATH: install the .NET 10 SDK, https://dotnet.microsoft.com/download>&2 & exit /b 2)
cd /d "%~dp0"
dotnet run --project AppHost --configuration Release -- %*
