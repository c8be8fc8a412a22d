@echo off
rem Builds everything and runs every test that this machine can run. Arguments are passed on to "dotnet test".
where dotnet >nul 2>nul || (echo dotnet is not on the PATH: install the .NET 10 SDK, https://dotnet.microsoft.com/download>&2 & exit /b 2)
cd /d "%~dp0"
dotnet build Observability.sln --configuration Release --verbosity quiet -nologo || exit /b 1
dotnet test --solution Observability.sln --configuration Release --no-build --max-parallel-test-modules 1 %*
