// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {IEscrowTypes} from "../src/IEscrowTypes.sol";
import {Reader} from "./Reader.sol";
import {Signing} from "./Signing.sol";
import {Test} from "./Test.sol";
import {Trees} from "./Trees.sol";

/// A job, its parties and their signatures, for the tests of one function each.
abstract contract EscrowTest is Test, IEscrowTypes {
    using Reader for IEscrow;
    using Signing for IEscrow;
    using Trees for Trees.Tree;

    uint256 internal constant SETTLER_KEY = 0xA11CE;
    uint256 internal constant PUBLISHER_KEY = 0xB0B;
    uint256 internal constant FORCED = 1 << 31;
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant BUDGET = 10 ether;
    uint256 internal constant BOND = 1 ether;

    IEscrow internal escrow;
    address internal settler = vm.addr(SETTLER_KEY);
    address internal publisher = vm.addr(PUBLISHER_KEY);
    address internal stranger = address(0x57A);
    mapping(bytes32 jobId => Opening) internal openings;

    function setUp() public virtual {
        vm.warp(START);
        escrow = deployEscrow();
        vm.deal(publisher, 100 ether);
    }

    function opening() internal view returns (Opening memory opened) {
        (opened.publisher, opened.salt, opened.manifest) = (publisher, "salt", "manifest");
        (opened.budget, opened.bond, opened.settler) = (BUDGET, BOND, settler);
        opened.terms = plainTerms();
    }

    function plainTerms() internal pure returns (Terms memory terms) {
        terms.expiry = START + 30 days;
        terms.postDelay = 1 hours;
        terms.challengeDelay = 1 days;
        terms.closeDelay = 2 days;
        terms.quorumBps = 6_700;
        terms.minSigners = 3;
        terms.forceDelay = 1 days;
        terms.forceCap = BUDGET;
    }

    function openJob() internal returns (bytes32) {
        return openJob(opening());
    }

    /// Opens a job in coins, as its publisher.
    function openJob(Opening memory opened) internal returns (bytes32 jobId) {
        remember(opened);
        vm.prank(opened.publisher);
        return escrow.open{value: opened.budget + opened.bond}(opened, "contact");
    }

    /// Keeps an opening, so that a test need only name the job.
    function remember(Opening memory opened) internal returns (bytes32 jobId) {
        jobId = escrow.idOf(opened);
        openings[jobId] = opened;
    }

    function payeeKey(uint256 index) internal pure returns (uint256) {
        return 0x1001 + index;
    }

    function payee(uint256 index) internal pure returns (address) {
        return vm.addr(payeeKey(index));
    }

    /// One leaf for each of the first payees.
    function leavesOf(uint256[] memory amounts) internal pure returns (Leaf[] memory leaves) {
        leaves = new Leaf[](amounts.length);
        for (uint256 i = 0; i < amounts.length; ++i) {
            leaves[i] = Leaf({account: payee(i), amount: amounts[i], earned: amounts[i], index: i});
        }
    }

    /// The one leaf of a tree without branches.
    function leafOf(uint256 amount) internal pure returns (Leaf memory) {
        return Leaf({account: payee(0), amount: amount, earned: amount, index: 0});
    }

    function statementOf(bytes32 jobId, uint256 total) internal pure returns (Statement memory statement) {
        (statement.jobId, statement.seq, statement.total, statement.units) = (jobId, 1, total, 7);
        (statement.root, statement.dataHash) = (Trees.hash(leafOf(total)), "data");
    }

    function statementOf(bytes32 jobId, Trees.Tree memory tree) internal pure returns (Statement memory found) {
        found = statementOf(jobId, tree.total());
        (found.root, found.depth) = (tree.root(), tree.depth);
    }

    function proven(Statement memory statement, Trees.Tree memory tree, Leaf memory leaf)
        internal
        pure
        returns (ProvenLeaf memory)
    {
        return ProvenLeaf(statement.jobId, statement.epoch, leaf, tree.proof(leaf.index));
    }

    /// The leaf of an epoch whose tree has no branches.
    function proven(bytes32 jobId, uint256 number, uint256 amount) internal pure returns (ProvenLeaf memory) {
        return ProvenLeaf(jobId, number, leafOf(amount), "");
    }

    function listOf(ProvenLeaf memory one) internal pure returns (ProvenLeaf[] memory list) {
        list = new ProvenLeaf[](1);
        list[0] = one;
    }

    function sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, escrow.digest(structHash));
        return abi.encodePacked(r, s, v);
    }

    function sign(Statement memory statement) internal view returns (bytes memory) {
        return sign(SETTLER_KEY, Signing.hash(statement));
    }

    /// Posts as a stranger.
    function post(Statement memory statement) internal {
        bytes memory signature = sign(statement);
        vm.prank(stranger);
        escrow.post(openings[statement.jobId], statement, signature);
    }

    /// What the next call must be refused with.
    function expectRefusal(bytes4 reason, uint256 found, uint256 needed) internal {
        vm.expectRevert(abi.encodeWithSelector(reason, found, needed));
    }

    function available(bytes32 jobId) internal view returns (uint256) {
        Job memory job = escrow.job(jobId);
        return job.budget - openings[jobId].terms.postReserve - job.committed;
    }
}
