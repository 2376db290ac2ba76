"""The verbs index build, index status and index verify."""

from contextlib import closing
from typing import Annotated

import typer

from matcher.bootstrap import assemble, load_encoder
from matcher.cli.shared import console, make_app, progress_bar, read_settings
from matcher.errors import IndexStateError
from matcher.index.snapshot import current_snapshot
from matcher.store.changes import library_state
from matcher.store.vectors import count_vectors, drop_unused_vectors
from matcher.verify import verify_indexes

app = make_app("索引：由数据库导出，可随时重建。")


@app.command("build")
def build(
    prune: Annotated[
        bool, typer.Option("--prune", help="同时从缓存中删去已不用的文字的向量")
    ] = False,
) -> None:
    """由数据库重建索引。"""
    settings = read_settings()
    with closing(assemble(settings, load_encoder(settings))) as matcher:
        with progress_bar() as report:
            matcher.index.rebuild(lambda done, total: report("建立索引", done, total))
        with matcher.index.current() as sides:
            for side, index in sides.items():
                owners, passages = len(index.catalogue), len(index)
                console.print(f"{side.value}：{owners} 个，{passages} 条段落")
        console.print(f"索引已建立，数据库版本 {matcher.index.revision}")
        if prune:
            with matcher.writing() as session:
                dropped = drop_unused_vectors(session)
            console.print(f"从缓存中删去 {dropped} 条不再使用的向量")


@app.command("status")
def status() -> None:
    """索引由什么建立，是否跟得上数据库；缓存了哪些模型的向量。"""
    settings = read_settings()
    with closing(assemble(settings, load_encoder(settings))) as matcher:
        with matcher.reading() as session:
            library = library_state(session)
            cached = count_vectors(session)
        for model_id, count in sorted(cached.items()):
            console.print(f"缓存：模型 {model_id} 的向量 {count} 条")
        snapshot = current_snapshot(matcher.index.snapshots)
        if snapshot is None:
            console.print("还没有索引快照；启动服务或运行 matcher index build 时建立")
            raise typer.Exit(1)
        stamp = snapshot.stamp
        console.print(f"索引：模型 {stamp.model_id}，{stamp.dimension} 维")
        console.print(f"索引版本 {stamp.revision}，数据库版本 {library.revision}")
        behind = matcher.index.check(stamp)
    console.print("索引与数据库一致" if not behind else f"落后 {behind} 次修改，打开时会自动跟上")


@app.command("verify")
def verify() -> None:
    """逐条核对索引快照与数据库，并与逐一比对的结果对照。"""
    settings = read_settings()
    with closing(assemble(settings, load_encoder(settings))) as matcher:
        if not matcher.index.load():
            raise IndexStateError("还没有索引快照，请运行 matcher index build")
        faults = verify_indexes(matcher)
    for fault in faults:
        console.print(f"✗ {fault}", style="red")
    if faults:
        console.print("请运行 matcher index build 重建索引（数据不受影响）")
        raise typer.Exit(1)
    console.print("✓ 索引与数据库一致")
