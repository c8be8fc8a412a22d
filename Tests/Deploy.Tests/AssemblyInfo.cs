using System.Runtime.Versioning;

// The scripts under test are bash scripts: on Windows they run in WSL, and so do their tests.
[assembly: UnsupportedOSPlatform("windows")]
