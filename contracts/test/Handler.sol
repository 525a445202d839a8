// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {Test} from "./Test.sol";
import {Token} from "./Tokens.sol";
import {Trees} from "./Trees.sol";

/// Does to one escrow whatever publishers, settlers, payees and strangers can do, in any order, over several jobs in
/// coins and in a token. It keeps its own books of what must be true. No call of it may revert.
contract Handler is Test {
    using Trees for Trees.Tree;

    uint256 private constant MAX_JOBS = 5;
    uint256 private constant SETTLER_KEY = 0xA11CE;

    IEscrow public immutable ESCROW;
    Token public immutable TOKEN = new Token(0);
    bytes32[] public jobIds;
    mapping(bytes32 => IEscrow.Leaf[][]) private _leaves; // by job and epoch, as last posted
    mapping(bytes32 => uint256) public paid; // to payees, by job
    mapping(bytes32 => uint256) public bounties;
    mapping(bytes32 => uint256) public returned; // to the publisher at the close
    mapping(string => uint256) public count; // how often each thing happened

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    function jobCount() external view returns (uint256) {
        return jobIds.length;
    }

    function leavesOf(bytes32 jobId, uint32 number) external view returns (IEscrow.Leaf[] memory) {
        return _leaves[jobId][number];
    }

    function publisherOf(uint256 job) public pure returns (address) {
        return address(uint160(0xB000 + job));
    }

    function open(uint64 budget, uint64 bond, uint64 reserve, uint8 kind) external {
        uint256 job = jobIds.length;
        if (job == MAX_JOBS) return;
        bool isCoin = kind % 2 == 0;
        IEscrow.Opening memory opening;
        opening.token = isCoin ? address(0) : address(TOKEN);
        (opening.budget, opening.bond) = (uint88(budget) + 1e6, bond / 4);
        opening.settler = vm.addr(SETTLER_KEY);
        IEscrow.Terms memory terms;
        terms.expiry = uint64(block.timestamp + 20 days);
        (terms.postDelay, terms.challengeDelay, terms.closeDelay) = (1 days, 1 days, 2 days);
        (terms.postReserve, terms.postBounty) = (uint88(bound(reserve, 0, opening.budget)), 1e5);
        if (kind % 3 == 0) terms.settlerCap = opening.budget / 4;

        uint256 deposit = uint256(opening.budget) + opening.bond;
        vm.deal(publisherOf(job), isCoin ? deposit : 0);
        if (!isCoin) TOKEN.mint(publisherOf(job), deposit);
        vm.prank(publisherOf(job));
        TOKEN.approve(address(ESCROW), deposit);
        vm.prank(publisherOf(job));
        jobIds.push(ESCROW.open{value: isCoin ? deposit : 0}(opening, terms, ""));
        count["open"] += 1;
    }

    /// Posts the next epoch or replaces a pending one, as the settler or as a stranger; half of them mark the end.
    function post(uint256 job, uint64[7] calldata amounts, uint8 size, uint8 kind) external {
        if (jobIds.length == 0) return;
        IEscrow.Statement memory statement;
        statement.jobId = jobIds[bound(job, 0, jobIds.length - 1)];
        uint32 epochs = ESCROW.job(statement.jobId).epochs;
        statement.epoch = epochs > 0 && kind % 4 > 1 ? epochs - 1 : epochs;
        IEscrow.Epoch memory before = ESCROW.epoch(statement.jobId, statement.epoch);
        (statement.seq, statement.last) = (before.seq + 1, kind % 2 == 0);

        IEscrow.Leaf[] memory leaves = new IEscrow.Leaf[](bound(size, 1, 7));
        uint88 most = ESCROW.available(statement.jobId) / 4 + 1;
        for (uint32 i = 0; i < leaves.length; ++i) {
            uint88 amount = uint88(bound(amounts[i], 0, most));
            if (i == 0 && kind % 5 > 0) amount += before.total; // else the total may fall, which is refused
            leaves[i] = IEscrow.Leaf(address(uint160(0x1001 + i)), amount, amount, i);
        }
        Trees.Tree memory tree = Trees.build(leaves);
        (statement.depth, statement.root, statement.total) = (tree.depth, tree.root(), tree.total());
        _post(statement, leaves, before);
    }

    function claim(uint256 job, uint256 number, uint256 index) external {
        if (jobIds.length == 0) return;
        bytes32 jobId = jobIds[bound(job, 0, jobIds.length - 1)];
        if (_leaves[jobId].length == 0) return;
        number = bound(number, 0, _leaves[jobId].length - 1);
        // forge-lint: disable-next-line(unsafe-typecast)
        claimLeaf(jobId, uint32(number), bound(index, 0, _leaves[jobId][number].length - 1));
    }

    /// A final leaf is paid in full and once; any other is not.
    function claimLeaf(bytes32 jobId, uint32 number, uint256 index) public {
        IEscrow.Leaf memory leaf = _leaves[jobId][number][index];
        bool isDue =
            ESCROW.epoch(jobId, number).finalAt <= block.timestamp && !ESCROW.isClaimed(jobId, number, leaf.index);
        address token = ESCROW.job(jobId).token;
        uint256 before = balanceOf(token, leaf.account);
        bytes memory proof = Trees.build(_leaves[jobId][number]).proof(index);
        (bool isPaid,) = address(ESCROW).call(abi.encodeCall(IEscrow.claim, (jobId, number, leaf, proof)));
        assertTrue(isPaid == isDue, "a claim succeeds if and only if it is due");
        assertEq(balanceOf(token, leaf.account) - before, isPaid ? leaf.amount : 0, "in full or not at all");
        if (isPaid) paid[jobId] += leaf.amount;
        count[isPaid ? "claim" : "refused claim"] += 1;
    }

    function beginClose(uint256 job, bool isStranger) external {
        if (jobIds.length == 0) return;
        job = bound(job, 0, jobIds.length - 1);
        IEscrow.Job memory found = ESCROW.job(jobIds[job]);
        bool isAllowed = found.state == IEscrow.State.Open && (!isStranger || block.timestamp >= found.terms.expiry);
        vm.prank(isStranger ? address(this) : found.publisher);
        (bool isDone,) = address(ESCROW).call(abi.encodeCall(IEscrow.beginClose, (jobIds[job])));
        assertTrue(isDone == isAllowed, "a close begins if and only if it may");
        if (isDone) count["beginClose"] += 1;
    }

    function close(uint256 job) public {
        if (jobIds.length == 0) return;
        bytes32 jobId = jobIds[bound(job, 0, jobIds.length - 1)];
        IEscrow.Job memory found = ESCROW.job(jobId);
        bool isAllowed = found.state == IEscrow.State.Closing && block.timestamp >= found.closeAt;
        for (uint32 i = 0; i < found.epochs; ++i) {
            isAllowed = isAllowed && ESCROW.epoch(jobId, i).finalAt <= block.timestamp;
        }
        uint256 before = balanceOf(found.token, found.publisher);
        (bool isDone,) = address(ESCROW).call(abi.encodeCall(IEscrow.close, (jobId)));
        assertTrue(!isDone || isAllowed, "a close ends only when it may");
        assertTrue(isDone || !isAllowed || block.timestamp < found.finalBy, "and then it does");
        returned[jobId] += balanceOf(found.token, found.publisher) - before;
        if (isDone) count["close"] += 1;
    }

    function warp(uint32 gap) external {
        vm.warp(block.timestamp + bound(gap, 1, 1 days));
    }

    function balanceOf(address token, address account) public view returns (uint256) {
        return token == address(0) ? account.balance : TOKEN.balanceOf(account);
    }

    function _post(IEscrow.Statement memory statement, IEscrow.Leaf[] memory leaves, IEscrow.Epoch memory before)
        private
    {
        IEscrow.Job memory job = ESCROW.job(statement.jobId);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SETTLER_KEY, ESCROW.hashStatement(statement));
        address poster = statement.last ? job.settler : address(0x57A);
        uint256 held = balanceOf(job.token, poster);
        vm.prank(poster);
        (bool isDone,) = address(ESCROW).call(abi.encodeCall(IEscrow.post, (statement, abi.encodePacked(r, s, v))));
        count[isDone ? "post" : "refused post"] += 1;
        bounties[statement.jobId] += balanceOf(job.token, poster) - held;
        if (!isDone) return;

        if (before.finalAt == 0) _leaves[statement.jobId].push();
        IEscrow.Leaf[] storage kept = _leaves[statement.jobId][statement.epoch];
        assertTrue(before.finalAt == 0 || before.finalAt > block.timestamp, "only a pending epoch is replaced");
        while (kept.length > 0) kept.pop();
        for (uint256 i = 0; i < leaves.length; ++i) {
            kept.push(leaves[i]);
        }
        if (before.finalAt > 0) count["replace"] += 1;
    }
}
