// Runs a Python script in Pyodide, as `node pyodide.mjs SCRIPT ARGUMENT...`, with the files of this machine and what
// PYTHONPATH names: the Python of a browser, as far as what is written goes.
import { readdirSync } from "node:fs";
import { loadPyodide } from "pyodide";

const [script, ...words] = process.argv.slice(2);
const python = await loadPyodide({ fullStdLib: true, env: { ...process.env, HOME: "/" } });
for (const name of readdirSync("/")) {
  if (["dev", "proc", "sys", "lib", "lib64", "bin", "sbin"].includes(name)) continue;
  python.FS.mkdirTree(`/${name}`);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: `/${name}` }, `/${name}`);
}
python.globals.set("words", python.toPy([script, ...words]));
python.globals.set("here", process.cwd());
try {
  python.runPython(`
import os, sys, runpy
os.chdir(here)
sys.path[:0] = os.environ.get("PYTHONPATH", "").split(os.pathsep)
sys.path_importer_cache.clear()  # from before the files were there
sys.argv[:] = words
try:
    runpy.run_path(words[0], run_name="__main__")
except SystemExit as ended:
    code = ended.code or 0
`);
  process.exitCode = python.globals.get("code");
} catch (error) {
  console.error(error.message); // not the source line of Pyodide, which is a megabyte long
  process.exitCode = 1;
}
