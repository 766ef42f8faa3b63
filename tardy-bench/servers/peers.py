"""The programs that ours are measured against, in a copy of their folder, and built there."""
import os
import shutil
import subprocess
import sys


def prepare(source, folder, root, wanted):
    """Copies them, unless that was done before, and builds what is not built. Wanted are names in bin."""
    if not (source / "compare.sh").is_file():
        sys.exit(f"servers: {source} has no compare.sh: --peers wants the folder with the programs to compare with")
    if not (folder / "compare.sh").is_file():
        shutil.copytree(source, folder, dirs_exist_ok=True)
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
    environment = {**os.environ, "JAVA_HOME_25": os.environ["JAVA_HOME"]}
    if any(not (folder / "bin" / name).exists() for name in wanted):
        build(["./c/build.sh"], folder, environment, [folder / "bin" / name for name in wanted], "gcc and liburing-dev")
    if not (folder / "java/target/lib").is_dir():
        goals = ["package", "dependency:copy-dependencies", "-DoutputDirectory=target/lib"]
        build([str(root / "mvnw"), "-q", "-B", *goals], folder / "java", environment, [folder / "java/target/lib"], "Maven's registry")
    return folder


def build(command, folder, environment, made, needs):
    print(f"servers: {' '.join(command)}", file=sys.stderr)
    subprocess.run(command, cwd=folder, env=environment, stdout=sys.stderr)
    missing = [str(path) for path in made if not path.exists()]
    if missing:  # some may be there all the same: what needs another library fails alone
        sys.exit(f"servers: {command[0]} has not made {', '.join(missing)}; it needs {needs}")
